import Locking
import TensorCore

/// A named value that outlives the computations that use it.
///
/// The value lives in a slot of a ``VariableStore``; the variable is its identity. Reading it inside a graph gives a
/// symbolic tensor, reading it under a tape lets the tape watch it.
public final class Variable: Sendable {
    /// The full name with the output suffix, `net/dense/kernel:0`.
    public let name: String
    public let spec: TensorSpec
    /// Whether gradients and optimizers take it by themselves.
    public let isTrainable: Bool
    public let store: VariableStore
    /// Where in the store its value is.
    public let slot: Int

    /// Applied to the value after an optimizer's update.
    public let constraint: (@Sendable (Tensor) throws -> Tensor)?

    /// Where it lies in a partitioned variable, nil for a whole one.
    public let slice: VariableSlice?

    /// Makes a variable and gives it its first value.
    ///
    /// - Parameter name: without the `:0`, which is added.
    public init(
        name: String, initialValue: Tensor, isTrainable: Bool = true, in store: VariableStore = VariableStore(),
        constraint: (@Sendable (Tensor) throws -> Tensor)? = nil, slice: VariableSlice? = nil
    ) {
        self.slice = slice
        self.name = name + ":0"
        spec = initialValue.spec
        self.isTrainable = isTrainable
        self.store = store
        self.constraint = constraint
        slot = store.addSlot(initialValue)
    }

    deinit { store.removeSlot(slot) }

    public var shape: Shape { spec.shape }
    public var dtype: DType { spec.dtype }

    /// The name without `:0`, as checkpoints know it.
    public var checkpointName: String { String(name.dropLast(2)) }

    /// The value; symbolic inside a graph.
    public var value: Tensor {
        get throws(TensorError) {
            guard let context = Context.current else { return try store.value(of: self) }
            if let graph = context.graph { return try graph.read(self) }
            let value = try store.value(of: self)
            if isTrainable { for tape in context.tapes { tape.watch(self, value) } }
            return value
        }
    }

    /// Gives the variable another value of its shape and dtype. In a graph that a plan is traced from, the assignment
    /// belongs to the plan.
    ///
    /// - Throws: `TensorError.shapeMismatch`, `.dtypeMismatch`.
    public func assign(_ value: Tensor) throws(TensorError) {
        guard value.dtype == dtype else {
            throw .dtypeMismatch(operator: "assign to \(name)", left: dtype, right: value.dtype)
        }
        guard value.shape.accepts(shape) else {
            throw .shapeMismatch(
                operator: "assign to \(name)", left: shape, right: value.shape, rule: "the shapes must be equal")
        }
        if let graph = Context.current?.graph {
            guard graph.collectsWrites else { throw .symbolic(operator: "assign to \(name)") }
            try graph.write(self, value)
        } else {
            guard !value.isSymbolic else { throw .symbolic(operator: "assign to \(name)") }
            store.publish([(slot, value)])
        }
    }
}

extension Variable: CustomStringConvertible {
    public var description: String { "\(name) \(spec)" }
}
