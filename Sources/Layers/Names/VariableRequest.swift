import Operators
import TensorCore

/// Looks at, changes or answers the request for a variable; the second argument makes the variable as it would have been.
public typealias VariableGetter =
    @Sendable (VariableRequest, (VariableRequest) throws -> Variable) throws -> Variable

/// A variable that is to be made.
public struct VariableRequest: Sendable {
    /// The full name, without `:0`.
    public var name: String
    public var shape: Shape
    public var dtype: DType
    public var isTrainable: Bool
    public var initializer: any Initializer
    public var constraint: (any Constraint)?
    /// Where it lies in a partitioned variable, nil for a whole one.
    public var slice: VariableSlice?
    /// Whether the layer that asks is trainable; true for requests from outside layers.
    var layerIsTrainable = true
}

extension Variable {
    /// Makes the variable that a request describes. Its first value is computed at once, in a graph too, and no tape sees it.
    convenience init(making request: VariableRequest, fullShape: Shape, in store: VariableStore) throws {
        guard request.shape.isKnown else {
            throw LayerError(
                .value,
                "Shape of a new variable (\(request.name)) must be fully defined, but instead was \(request.shape)")
        }
        let random = VariableScope.current.registry.nextRandomStream()
        let value = try Context.currentOrDefault.detached.bind {
            try request.initializer(request.shape, request.dtype, random, fullShape: fullShape)
        }
        let constraint = request.constraint.map { constraint in { @Sendable in try constraint($0) } }
        self.init(
            name: request.name, initialValue: value, isTrainable: request.isTrainable, in: store,
            constraint: constraint, slice: request.slice)
    }
}
