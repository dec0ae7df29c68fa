import Glibc

/// Runs `body`, which may block, on a thread of its own: the threads that tests run on are those that
/// handlers need.
public func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let job = ThreadJob { continuation.resume(with: Swift.Result { try body() }) }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(job).toOpaque()
        let code = pthread_create(&thread, nil, { ThreadJob.run($0) }, argument)
        guard code == 0 else {
            Unmanaged<ThreadJob>.fromOpaque(argument).release()
            continuation.resume(throwing: RawClient.Failure(description: "pthread_create: \(code)"))
            return
        }
        pthread_detach(thread)
    }
}

private final class ThreadJob: Sendable {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<ThreadJob>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
    }
}
