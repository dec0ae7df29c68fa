/// How much a service takes on.
public struct ServiceLimits: Sendable {
    public var modelsMax: Int
    /// Of one model, counted before their memory is taken.
    public var parametersMax: Int
    /// Calls that may wait for one model.
    public var queueMax: Int

    public init(modelsMax: Int = 1000, parametersMax: Int = .max, queueMax: Int = 1024) {
        self.modelsMax = modelsMax
        self.parametersMax = parametersMax
        self.queueMax = queueMax
    }
}
