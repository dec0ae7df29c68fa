import Service

/// What the endpoints ask.
public struct APIService: Sendable {
    public let registry: ModelRegistry
    /// Whether the server takes requests: models are loaded, and it is not draining.
    public let isReady: @Sendable () -> Bool
    /// What `/version` tells.
    public let version: String

    public init(registry: ModelRegistry, version: String, isReady: @escaping @Sendable () -> Bool) {
        self.registry = registry
        self.version = version
        self.isReady = isReady
    }
}
