import Checkpoints
import Formats
import TensorCore

/// What is told of a model. Unknown extents are negative.
public struct ModelDescription: Sendable {
    public struct Port: Sendable {
        public let name: String
        public let spec: TensorSpec

        public init(name: String, spec: TensorSpec) {
            self.name = name
            self.spec = spec
        }
    }

    public let name: String
    public let className: String
    public let isBuilt: Bool
    public let step: Int64
    public let version: UInt64
    public let parameters: Int
    public let trainableParameters: Int
    public let inputs: [Port]
    public let outputs: [Port]
    public let config: JSONValue
    public let settings: ModelSettings
    /// RFC 3339, in UTC.
    public let createdAt: String
    /// Why the model could not be brought back, nil for a healthy one.
    public let error: String?
}

/// What is told of a variable, and its value where that was asked for.
public struct VariableDescription: Sendable {
    public let name: String
    public let spec: TensorSpec
    public let isTrainable: Bool
    /// Nil where it was not asked for.
    public internal(set) var value: Tensor?

    /// The name without `:0`, as checkpoints know it.
    public var checkpointName: String { name.hasSuffix(":0") ? String(name.dropLast(2)) : name }
}

/// What is told of a layer, and of the layers in it.
public struct LayerDescription: Sendable {
    public let name: String
    public let className: String
    public let index: Int
    public let isBuilt: Bool
    public let isTrainable: Bool
    public let parameters: Int
    /// Nil before the layer was called.
    public let inputShape: Shape?
    public let outputShape: Shape?
    public let variables: [String]
    public let layers: [LayerDescription]
}

/// What is told of a checkpoint.
public struct CheckpointDescription: Sendable {
    public let id: String
    /// Nil where the checkpoint holds no global step.
    public let step: Int64?
    public let byteCount: Int
    public let variables: Int
    public let createdAt: String
}

/// What a call answers.
public struct CallResult: Sendable {
    public let outputs: [Tensor]
    public let step: Int64
    public let version: UInt64
}

// What floors above name, without standing on the floor of checkpoints themselves.
public typealias CheckpointForm = Checkpoints.CheckpointForm
public typealias CheckpointExport = Checkpoints.CheckpointExport
