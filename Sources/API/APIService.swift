import Service

/// What the endpoints ask.
public struct APIService: Sendable {
    public let registry: ModelRegistry
    public let dataSets: DataSetRegistry
    public let jobs: JobRegistry
    /// Whether the server takes requests: models are loaded, and it is not draining.
    public let isReady: @Sendable () -> Bool
    /// What `/version` tells.
    public let version: String
    /// What `/metrics` tells, in Prometheus's text format.
    public let metrics: @Sendable () -> String

    /// Bytes of a checkpoint or data set that is sent to the server; they go to disk, not to memory.
    public let uploadBytesMax: Int

    public init(
        registry: ModelRegistry, dataSets: DataSetRegistry, jobs: JobRegistry, version: String,
        uploadBytesMax: Int = 16 << 30, metrics: @escaping @Sendable () -> String = { "" },
        isReady: @escaping @Sendable () -> Bool
    ) {
        self.registry = registry
        self.dataSets = dataSets
        self.jobs = jobs
        self.uploadBytesMax = uploadBytesMax
        self.version = version
        self.metrics = metrics
        self.isReady = isReady
    }
}
