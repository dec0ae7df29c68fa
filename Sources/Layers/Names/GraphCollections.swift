import Locking
import Operators
import TensorCore

/// The collections of a graph, as tf.GraphKeys names them.
public final class GraphCollections: Sendable {
    public enum Key: String, Sendable {
        case trainableVariables = "trainable_variables"
        case globalVariables = "variables"
        case regularizationLosses = "regularization_losses"
        case updateOperations = "update_ops"
        case losses
    }

    private struct State: Sendable {
        var tensors: [Key: [Tensor]] = [:]
        var variables: [Key: [Variable]] = [:]
    }

    private let state = Lock(State())

    /// Adds tensors, each only once.
    public func add(_ tensors: [Tensor], to key: Key) {
        state.withLock { state in
            for tensor in tensors where state.tensors[key]?.contains(where: { $0.id == tensor.id }) != true {
                state.tensors[key, default: []].append(tensor)
            }
        }
    }

    /// Adds a variable, once.
    public func add(_ variable: Variable, to key: Key) {
        state.withLock { state in
            if state.variables[key]?.contains(where: { $0 === variable }) != true {
                state.variables[key, default: []].append(variable)
            }
        }
    }

    public func tensors(_ key: Key) -> [Tensor] { state.withLock { $0.tensors[key] ?? [] } }
    public func variables(_ key: Key) -> [Variable] { state.withLock { $0.variables[key] ?? [] } }

    /// How many things are in a collection, whatever they are.
    public func count(_ key: Key) -> Int { tensors(key).count + variables(key).count }
}
