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
    /// - Parameters:
    ///   - name: without the `:0`, which is added.
    ///   - store: where its value is kept; by default the current context's store, or one of its own.
    public init(
        name: String, initialValue: Tensor, isTrainable: Bool = true, in store: VariableStore? = nil,
        constraint: (@Sendable (Tensor) throws -> Tensor)? = nil, slice: VariableSlice? = nil
    ) {
        let store = store ?? Context.current?.store ?? VariableStore()
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
            let value = try currentValue(context)
            for tape in context.tapes { tape.noteReading(of: self, value) }
            return value
        }
    }

    /// The value without any tape knowing.
    func currentValue(_ context: Context? = Context.current) throws(TensorError) -> Tensor {
        if let context, let graph = context.graph { return try graph.read(self, after: context.controlInputs) }
        return try store.value(of: self)
    }
}

extension Variable: CustomStringConvertible {
    public var description: String { "\(name) \(spec)" }
}
