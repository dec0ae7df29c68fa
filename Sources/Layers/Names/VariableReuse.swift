import Operators
import TensorCore

/// Whether asking for a variable makes one or finds one. Matters in graphs, and under an ``EagerVariableStore``.
///
/// Source: tf.variable_scope (TensorFlow 1.8).
public enum VariableReuse: Sendable {
    /// Making: a variable of the name must not be there.
    case never
    /// Finding: it must be there.
    case always
    /// Finding it, or making it.
    case automatic
}

/// The variable called `name` in the current scope: made, or found, as the scope says.
///
/// Executing eagerly, every request makes a variable, unless an ``EagerVariableStore`` is the default.
///
/// - Parameters: as ``Layer/addVariable(_:_:dtype:initializer:regularizer:isTrainable:constraint:)``; the penalty goes to the
///   graph's collection of them, and nowhere when executing eagerly.
/// - Throws: ValueError when the variable is there and may not be found, or may only be found and is not there, or has
///   another shape or dtype.
/// - Source: tf.get_variable (TensorFlow 1.8).
public func getVariable(
    _ name: String, _ shape: Shape, dtype: DType = .float32, initializer: (any Initializer)? = nil,
    regularizer: (any Regularizer)? = nil, isTrainable: Bool = true, constraint: (any Constraint)? = nil
) throws -> Variable {
    let scope = VariableScope.current
    let request = VariableRequest(
        name: scope.path(to: name), shape: shape, dtype: dtype, isTrainable: isTrainable,
        initializer: initializer ?? scope.defaultInitializer(dtype), constraint: constraint)
    return try request.fulfilled(
        in: scope, fullShape: shape, store: Context.current?.store ?? VariableStore(), regularizer
    ).variable
}

extension VariableScope {
    /// The initializer of variables that name none (N-82).
    func defaultInitializer(_ dtype: DType) -> any Initializer {
        initializer ?? (dtype.isFloatingPoint ? .glorotUniform : .zeros)
    }
}

extension VariableRequest {
    /// Passes the request through the scope's getters, finds the variable or makes it.
    ///
    /// - Parameter regularizer: of the variable, nil for the scope's. A layer's penalties are its own affair.
    /// - Returns: the variable, and whether it was made just now.
    func fulfilled(
        in scope: VariableScope, fullShape: Shape, store: VariableStore, _ regularizer: (any Regularizer)? = nil
    ) throws -> (variable: Variable, isNew: Bool) {
        var isNew = false
        let make: (VariableRequest) throws -> Variable = { request in
            if let found = try request.existing(in: scope) { return found }
            isNew = true
            let variable = try Variable(making: request, fullShape: fullShape, in: store)
            ScopeContext.current.eagerStore?.add(variable)
            if buildsGraph { try request.collect(variable, in: scope, regularizer ?? scope.regularizer) }
            return variable
        }
        let variable = try scope.getters.reversed().reduce(make) { inner, getter in { try getter($0, inner) } }(self)
        return (variable, isNew)
    }

    /// What a graph keeps of a new variable.
    private func collect(_ variable: Variable, in scope: VariableScope, _ regularizer: (any Regularizer)?) throws {
        let registry = scope.registry
        registry.note(variable)
        registry.collections.add(variable, to: .globalVariables)
        // A layer that is not trainable keeps its variables out of this collection for good (N-76).
        if variable.isTrainable && layerIsTrainable { registry.collections.add(variable, to: .trainableVariables) }
        if let loss = try regularizer?(variable.value) { registry.collections.add([loss], to: .regularizationLosses) }
    }

    /// The variable of this name, where the scope's rule lets it be found.
    private func existing(in scope: VariableScope) throws -> Variable? {
        let found: Variable?
        let reuse: VariableReuse
        if let store = ScopeContext.current.eagerStore {
            found = store.variable(named: name)
            reuse = scope.reuse == .always ? .always : .automatic
        } else if buildsGraph {
            found = scope.registry.variable(named: name)
            reuse = scope.reuse
        } else {
            return nil
        }
        switch (found, reuse) {
        case (nil, .always):
            throw LayerError(
                .value,
                "Variable \(name) does not exist, or was not created with tf.get_variable(). The scope only finds variables."
            )
        case (nil, _): return nil
        case (_?, .never):
            throw LayerError(
                .value, "Variable \(name) already exists, disallowed. Did you mean to let the scope find it?")
        case (let found?, _):
            let spec = TensorSpec(shape, dtype)
            guard found.spec == spec else { throw VariableRequest.misfit(name, spec, found: found.spec) }
            return found
        }
    }

    static func misfit(_ name: String, _ spec: TensorSpec, found: TensorSpec) -> LayerError {
        LayerError(.value, "Trying to share variable \(name), but specified \(spec) and found \(found).")
    }
}
