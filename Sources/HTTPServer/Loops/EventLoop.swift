/// Where the code of some connections runs: one job at a time, in order.
///
/// What belongs to a connection is touched only here, so it needs no locks. Nothing here may block.
protocol EventLoop: AnyObject, Sendable {
    /// Runs `job` on the loop, later, in the order of posting. From any thread.
    func post(_ job: @escaping @Sendable () -> Void)

    /// Whether the calling thread is running this loop's code right now.
    var isCurrent: Bool { get }

    /// Whether a connection has to look from time to time if its client is still there.
    var losesResets: Bool { get }

    /// Buffers for the code that is running; only on the loop.
    var scratch: LoopScratch { get }

    /// Starts to watch a descriptor, with no interest yet, and owns it from now on. Only on the loop.
    func watch(_ descriptor: Int32, for handler: any SocketHandler) -> (any SocketWatch)?
}

/// What can be said about a socket, and what can be asked for.
struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// The other side is gone, or the socket has failed.
    static let hungUp = Readiness(rawValue: 4)
}

/// Told, on its loop, what its socket is ready for.
protocol SocketHandler: AnyObject, Sendable {
    func socketReady(_ readiness: Readiness)
}

/// A descriptor under watch. Keeps its handler alive until it is closed. Only on the loop.
protocol SocketWatch: AnyObject, Sendable {
    /// Level-triggered: ask only for what will be dealt with.
    func setInterest(_ interest: Readiness)

    /// Stops watching, lets the handler go and closes the descriptor.
    ///
    /// - Parameter last: what is done with the descriptor right before it is closed, which may be after this returns.
    func close(after last: @escaping @Sendable () -> Void)
}

extension SocketWatch {
    func close() { close {} }
}
