import Operators
import TensorCore

/// The number of training steps, as a variable: one for each graph, and one for the eager world.
///
/// Source: tf.train.get_global_step and its siblings (TensorFlow 1.8).
public enum GlobalStep {
    /// The default global step; nil while there is none.
    public static var current: Variable? { VariableScope.current.registry.globalStep }

    /// Makes the default global step, an int64 of zero.
    ///
    /// - Throws: ValueError when there is one already.
    @discardableResult
    public static func create() throws -> Variable {
        let registry = VariableScope.current.registry
        guard registry.globalStep == nil else { throw LayerError(.value, "\"global_step\" already exists.") }
        let step = Variable(
            name: "global_step", initialValue: Tensor([], [Int64(0)]), isTrainable: false,
            in: Context.current?.store ?? VariableStore())
        registry.globalStep = step
        if buildsGraph { registry.collections.add(step, to: .globalVariables) }
        return step
    }

    /// The default global step, made if need be.
    public static func getOrCreate() throws -> Variable { try current ?? create() }
}
