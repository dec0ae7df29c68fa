/// What a fit has logged, epoch by epoch.
public struct History: Sendable, Hashable {
    public struct Epoch: Sendable, Hashable {
        /// Counted from 0.
        public let number: Int
        public let logs: Logs
    }

    public private(set) var epochs: [Epoch] = []

    public init() {}

    mutating func add(_ number: Int, _ logs: Logs) { epochs.append(Epoch(number: number, logs: logs)) }

    /// The figures of one name, epoch by epoch; epochs without it are left out.
    public subscript(name: String) -> [Double] { epochs.compactMap { $0.logs[name] } }

    /// What the last epoch logged.
    public var last: Logs { epochs.last?.logs ?? Logs() }
}
