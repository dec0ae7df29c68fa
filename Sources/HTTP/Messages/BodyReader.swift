import Synchronization

/// Where the pieces of a request's content come from while it is still arriving.
public protocol BodyReader: Sendable {
    /// The next piece, `nil` after the last one. Not asking holds the client back.
    ///
    /// - Throws: `HTTPError` when the content is malformed, too large or too slow, or the client left.
    func next() async throws -> HTTPBody?
}

/// A request's content as an asynchronous sequence, to be read once.
public struct BodyPieces: AsyncSequence, Sendable {
    public typealias Element = HTTPBody

    let reader: any BodyReader

    public func makeAsyncIterator() -> Iterator {
        Iterator(reader: reader)
    }

    public struct Iterator: AsyncIteratorProtocol {
        let reader: any BodyReader

        public mutating func next() async throws -> HTTPBody? {
            try await reader.next()
        }
    }
}

/// Content that is all there, given as one piece.
final class CollectedBodyReader: BodyReader {
    private let body: HTTPBody
    private let isRead = Atomic(false)

    init(_ body: HTTPBody) {
        self.body = body
    }

    func next() async throws -> HTTPBody? {
        let wasRead = isRead.exchange(true, ordering: .relaxed)
        return wasRead || body.isEmpty ? nil : body
    }
}
