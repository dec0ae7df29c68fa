import Operators
import TensorCore

/// A prefix for the names of variables, with defaults for making them.
///
/// Source: tf.variable_scope (TensorFlow 1.8).
public final class VariableScope: Sendable {
    /// The full name, without a trailing slash; empty for the outermost.
    public let name: String
    /// Where the names under this scope are kept.
    public let registry: NameRegistry
    /// What stands between a layer and the making of its variables; innermost first.
    public let getters: [VariableGetter]
    /// The initializer of variables that name none.
    public let initializer: (any Initializer)?
    /// The regularizer of variables that name none.
    public let regularizer: (any Regularizer)?
    public let reuse: VariableReuse

    init(
        name: String, registry: NameRegistry, getters: [VariableGetter] = [], initializer: (any Initializer)? = nil,
        regularizer: (any Regularizer)? = nil, reuse: VariableReuse = .never
    ) {
        self.name = name
        self.registry = registry
        self.getters = getters
        self.initializer = initializer
        self.regularizer = regularizer
        self.reuse = reuse
    }

    /// The scope that is open now; the outermost one if none was opened.
    public static var current: VariableScope { ScopeContext.current.scope }

    /// The full name of what is called `name` in here.
    public func path(to name: String) -> String { self.name.isEmpty ? name : self.name + "/" + name }

    /// A scope under this one.
    func child(_ name: String, _ options: VariableScopeOptions = VariableScopeOptions()) -> VariableScope {
        with(name: path(to: name), options)
    }

    func with(name: String, _ options: VariableScopeOptions) -> VariableScope {
        VariableScope(
            name: name, registry: registry, getters: options.getter.map { [$0] + getters } ?? getters,
            initializer: options.initializer ?? initializer, regularizer: options.regularizer ?? regularizer,
            reuse: options.reuse ?? reuse)
    }
}

/// What a scope sets for the variables made in it.
public struct VariableScopeOptions: Sendable {
    public var getter: VariableGetter?
    public var initializer: (any Initializer)?
    public var regularizer: (any Regularizer)?
    public var reuse: VariableReuse?

    public init(
        getter: VariableGetter? = nil, initializer: (any Initializer)? = nil, regularizer: (any Regularizer)? = nil,
        reuse: VariableReuse? = nil
    ) {
        self.getter = getter
        self.initializer = initializer
        self.regularizer = regularizer
        self.reuse = reuse
    }
}

/// Opens the scope `name` under the current one for the length of `body`.
public func variableScope<Result>(
    _ name: String, _ options: VariableScopeOptions = VariableScopeOptions(), _ body: (VariableScope) throws -> Result
) throws -> Result {
    let current = VariableScope.current
    let scope = current.name.isEmpty && name.isEmpty ? current.with(name: "", options) : current.child(name, options)
    return try entering(scope, body)
}

/// Opens a scope called `defaultName`, with a number where that name is taken.
public func variableScope<Result>(
    defaultName: String, _ options: VariableScopeOptions = VariableScopeOptions(),
    _ body: (VariableScope) throws -> Result
) throws -> Result {
    let current = VariableScope.current
    let name = current.registry.uniqueScopeName(defaultName, in: current.name)
    return try entering(current.child(name, options), body)
}

/// Enters a scope a second time, by what it was rather than by its name.
public func variableScope<Result>(
    _ captured: VariableScope, _ options: VariableScopeOptions = VariableScopeOptions(),
    _ body: (VariableScope) throws -> Result
) throws -> Result {
    captured.registry.open(captured.name)
    let counts = captured.registry.scopeCounts
    defer { captured.registry.scopeCounts = counts }
    return try inside(captured.with(name: captured.name, options), body)
}

private func entering<Result>(_ scope: VariableScope, _ body: (VariableScope) throws -> Result) throws -> Result {
    scope.registry.open(scope.name)
    defer { scope.registry.closeInnerScopes(of: scope.name) }
    return try inside(scope, body)
}

/// Makes `scope` the current one without counting it as opened.
func inside<Result>(
    _ scope: VariableScope, masks: MaskTable? = nil, _ body: (VariableScope) throws -> Result
) throws -> Result {
    let names = ScopeContext.current.with(scope, masks: masks)
    return try Context.currentOrDefault.with(names: names).bind { try body(scope) }
}
