import Formats
import Operators
import TensorCore

/// A function applied to a layer's outputs, with the name it has in a model's JSON.
public struct Activation: Sendable {
    public let name: String
    private let function: @Sendable (Tensor) throws -> Tensor

    public init(_ name: String, _ function: @escaping @Sendable (Tensor) throws -> Tensor) {
        self.name = name
        self.function = function
    }

    public func callAsFunction(_ x: Tensor) throws -> Tensor { try function(x) }
}

extension Activation {
    public static let linear = Activation("linear") { $0 }
    public static let relu = Activation("relu") { try Operators.relu($0) }
    public static let tanh = Activation("tanh") { try Operators.tanh($0) }
    public static let sigmoid = Activation("sigmoid") { try Operators.sigmoid($0) }
    public static let softmax = Activation("softmax") { try Operators.softmax($0) }
}

extension Activation {
    /// Those that a model's JSON may name.
    private static let named: [String: Activation] = Dictionary(
        uniqueKeysWithValues: [linear, relu, tanh, sigmoid, softmax].map { ($0.name, $0) })

    /// The activation that a model's JSON names.
    init(json: JSONValue, path: String) throws {
        self = try NamedFunction(json, path: path).look(in: Activation.named, for: "activation")
    }
}
