import Operators

/// The scope as a context carries it.
final class ScopeContext: ContextNames {
    let scope: VariableScope
    let losses: LossCollector?
    let eagerStore: EagerVariableStore?
    let masks: MaskTable?

    init(
        _ scope: VariableScope, losses: LossCollector? = nil, eagerStore: EagerVariableStore? = nil,
        masks: MaskTable? = nil
    ) {
        self.scope = scope
        self.losses = losses
        self.eagerStore = eagerStore
        self.masks = masks
    }

    static let process = ScopeContext(VariableScope(name: "", registry: .process))

    static var current: ScopeContext { Context.current?.names as? ScopeContext ?? process }

    /// The same but for what is given.
    func with(
        _ scope: VariableScope? = nil, losses: LossCollector? = nil, eagerStore: EagerVariableStore? = nil,
        masks: MaskTable? = nil
    ) -> ScopeContext {
        ScopeContext(
            scope ?? self.scope, losses: losses ?? self.losses, eagerStore: eagerStore ?? self.eagerStore,
            masks: masks ?? self.masks)
    }
}

extension NameRegistry {
    /// What to give a `Context` or a `Graph`, so that names go to this registry.
    ///
    /// - Parameter getter: stands between all layers and the making of their variables.
    public func names(getter: VariableGetter? = nil) -> any ContextNames {
        ScopeContext(VariableScope(name: "", registry: self, getters: getter.map { [$0] } ?? []))
    }
}
