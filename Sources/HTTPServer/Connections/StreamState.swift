import HTTP
import Telemetry

/// How far a streamed answer has come. Only on the connection's loop.
final class StreamState: @unchecked Sendable {
    // Sendable because it is touched only by jobs of one connection's loop; elsewhere it is just carried.
    let count: Int?
    let isEventStream: Bool
    var written = 0
    var hasWrittenSinceHeartbeat = false
    var heartbeat: (any ScheduledAction)?
    /// The server is going down: an endless stream ends here, properly.
    var endsForDrain = false
    private(set) var isOver = false
    private var writer: CheckedContinuation<Void, any Error>?

    init(_ stream: BodyStream) {
        count = stream.count
        isEventStream = stream.isEventStream
    }

    /// The producer waits until the client has caught up.
    func wait(_ continuation: CheckedContinuation<Void, any Error>) {
        writer?.resume(throwing: HTTPError(.internalError, "two writers write to one stream"))
        writer = continuation
    }

    /// The client has caught up.
    func drained() {
        let continuation = writer
        writer = nil
        continuation?.resume()
    }

    func cancel() {
        isOver = true
        heartbeat?.cancel()
        let continuation = writer
        writer = nil
        continuation?.resume(throwing: CancellationError())
    }
}

/// The producer's end of a stream.
final class StreamWriter: BodyWriter {
    private let connection: Connection
    private let state: StreamState

    init(connection: Connection, state: StreamState) {
        self.connection = connection
        self.state = state
    }

    func write(_ piece: HTTPBody) async throws {
        // A cancelled producer may finish what it has begun; where nobody listens any more, the connection knows.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            connection.loop.post { [connection, state] in
                guard connection.isWorking else {
                    continuation.resume(throwing: CancellationError())
                    return
                }
                connection.enter { connection.write(piece, of: state, continuation) }
            }
        }
    }

    func finish(error: (any Error)?) {
        connection.loop.post { [connection, state] in
            state.heartbeat?.cancel()
            connection.enter { connection.finishStream(state, error: error) }
        }
    }
}
