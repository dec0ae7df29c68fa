import TensorCore

/// Tensors under names, in an order that is kept; each name once.
public struct NamedTensors: Sendable {
    public private(set) var names: [String] = []
    private var tensors: [String: Tensor] = [:]

    public init() {}

    /// - Throws: `FormatError` with `.duplicate` when a name occurs twice.
    public init(_ pairs: some Sequence<(String, Tensor)>, format: FormatError.Format) throws(FormatError) {
        for (name, tensor) in pairs { try insert(tensor, named: name, format: format) }
    }

    public var count: Int { names.count }
    public var isEmpty: Bool { names.isEmpty }

    public subscript(name: String) -> Tensor? { tensors[name] }

    public mutating func insert(
        _ tensor: Tensor, named name: String, format: FormatError.Format
    ) throws(FormatError) {
        guard tensors.updateValue(tensor, forKey: name) == nil else {
            throw FormatError(format, "names", .duplicate(name: name))
        }
        names.append(name)
    }

    /// Names and tensors in order.
    public var pairs: [(name: String, tensor: Tensor)] {
        names.compactMap { name in tensors[name].map { (name, $0) } }
    }
}

extension NamedTensors: ExpressibleByDictionaryLiteral {
    /// For code, where a repeated name is a defect.
    public init(dictionaryLiteral elements: (String, Tensor)...) {
        for (name, tensor) in elements {
            let previous = tensors.updateValue(tensor, forKey: name)
            precondition(previous == nil, "\(name) occurs twice")
            names.append(name)
        }
    }
}
