import HTTP
import Locking

/// Hands the pieces of a request's content from the connection's loop to the handler that reads them.
final class RequestBodyChannel: BodyReader {
    /// What the reader asks of the connection.
    enum Demand: Sendable {
        /// It reads for the first time: a client that waits for `100 Continue` may get it.
        case begin
        /// It has caught up: content that is held back may come.
        case more
    }

    private struct State {
        var pieces: [HTTPBody] = []
        var bytes = 0
        var hasBegun = false
        var isHeld = false
        var isEnded = false
        var failure: (any Error)?
        var reader: CheckedContinuation<HTTPBody?, any Error>?
    }

    private let state = Lock(State())
    private let demand: @Sendable (Demand) -> Void

    init(demand: @escaping @Sendable (Demand) -> Void) {
        self.demand = demand
    }

    // MARK: The connection's side

    /// - Returns: whether so much waits to be read that the client has to wait too.
    func push(_ piece: HTTPBody) -> Bool {
        let (reader, isHeld) = state.withLock { state in
            if let reader = state.reader {
                state.reader = nil
                return (Optional(reader), false)
            }
            state.pieces.append(piece)
            state.bytes += piece.count
            state.isHeld = state.bytes >= Self.bytesMax
            return (nil, state.isHeld)
        }
        reader?.resume(returning: piece)
        return isHeld
    }

    func end() {
        let reader = state.withLock { state in
            state.isEnded = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    func fail(_ error: any Error) {
        let reader = state.withLock { state in
            if state.failure == nil, !state.isEnded { state.failure = error }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(throwing: error)
    }

    // MARK: The handler's side

    func next() async throws -> HTTPBody? {
        let (begins, continues) = state.withLock { state in
            defer { state.hasBegun = true }
            return (!state.hasBegun, state.isHeld && state.bytes <= Self.bytesMax / 2)
        }
        if begins { demand(.begin) }
        if continues { release() }
        return try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in Self.take(from: &state, for: continuation) }
            if let result { continuation.resume(with: result) }
        }
    }

    private func release() {
        let wasHeld = state.withLock { state in
            defer { state.isHeld = false }
            return state.isHeld
        }
        if wasHeld { demand(.more) }
    }

    /// - Returns: `nil` when the reader has to wait.
    private static func take(
        from state: inout State, for reader: CheckedContinuation<HTTPBody?, any Error>
    ) -> Result<HTTPBody?, any Error>? {
        if !state.pieces.isEmpty {
            let piece = state.pieces.removeFirst()
            state.bytes -= piece.count
            return .success(piece)
        }
        if let failure = state.failure { return .failure(failure) }
        if state.isEnded { return .success(nil) }
        guard state.reader == nil else {
            return .failure(HTTPError(.internalError, "two readers wait for the content of one request"))
        }
        state.reader = reader
        return nil
    }

    /// What may wait unread.
    private static let bytesMax = 262_144
}
