import TensorCore

/// Runs `body` with the shared pool held to so many threads. Other tests may run on as many meanwhile: what they compute
/// does not depend on it.
public func onThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
    let before = ComputePool.shared.threads
    ComputePool.shared.threads = count
    defer { ComputePool.shared.threads = before }
    return try body()
}
