import TensorCore

/// One input or output of a model, as callers name it.
public struct Port: Hashable, Sendable {
    public let name: String
    /// With the batch first, which is unknown.
    public let spec: TensorSpec

    public init(name: String, spec: TensorSpec) {
        self.name = name
        self.spec = spec
    }
}

extension [String] {
    /// The same names, with numbers where one stands more than once.
    func madeUnique() -> [String] {
        var counts: [String: Int] = [:]
        return map { name in
            defer { counts[name, default: 0] += 1 }
            return counts[name].map { "\(name)_\($0)" } ?? name
        }
    }
}
