import Glibc
import HTTP
import HTTPClient
import Telemetry

/// One request, sent again and again over several connections.
struct Load: Sendable {
    private let method: HTTPMethod
    private let path: String
    private let type: String?
    private let body: [UInt8]?
    private let warmup: UInt64
    private let duration: UInt64

    init(_ method: HTTPMethod, _ path: String, _ type: String?, _ body: [UInt8]?, warmup: Double, seconds: Double) {
        self.method = method
        self.path = path
        self.type = type
        self.body = body
        self.warmup = UInt64(warmup * 1e9)
        duration = UInt64(seconds * 1e9)
    }

    func run(connections: Int, client: @escaping @Sendable () throws -> HTTPClient) async throws -> LoadResult {
        let start = SystemTime().now() + warmup
        return try await withThrowingTaskGroup(of: LoadResult.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        startThread { continuation.resume(with: Result { try drive(client(), from: start) }) }
                    }
                }
            }
            var all = LoadResult(seconds: Double(duration) * 1e-9)
            for try await result in group { all.add(result) }
            return all
        }
    }

    private func drive(_ client: HTTPClient, from start: UInt64) throws -> LoadResult {
        let time = SystemTime()
        let end = start + duration
        var result = LoadResult(seconds: Double(duration) * 1e-9)
        var before = time.now()
        while before < end {
            let answer = try client.send(method, path, type: type, body: body)
            let after = time.now()
            if before >= start, after <= end { result.add(answer, nanoseconds: after - before) }
            before = after
        }
        return result
    }
}

/// Runs `work` on a thread of its own, since it blocks.
private func startThread(_ work: @escaping @Sendable () -> Void) {
    final class Box {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(work)).toOpaque()
    let code = pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work() }
            return nil
        }, box)
    guard code == 0 else {
        Unmanaged<Box>.fromOpaque(box).release()
        return work()
    }
    pthread_detach(thread)
}
