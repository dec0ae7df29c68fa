import HTTP

/// Gathers the content of one request into one body.
struct BodyCollector {
    private let buffer: BodyBuffer
    private let expected: Int?

    /// - Parameter framing: tells how much memory is worth taking at once.
    init(framing: BodyFraming, budget: MemoryBudget) {
        buffer = BodyBuffer(budget: budget)
        if case .length(let count) = framing { expected = count } else { expected = nil }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        try buffer.append(bytes, expected: expected)
    }

    /// Where the socket may read content straight to, when that is worth while.
    func directRoom() throws(HTTPError) -> UnsafeMutableRawBufferPointer? {
        guard let expected, expected - buffer.count >= Self.directBytesMin else { return nil }
        return try buffer.room(for: min(expected - buffer.count, Self.directBytesMax), expected: expected)
    }

    func commitDirect(_ count: Int) {
        buffer.commit(count)
    }

    func finish() -> HTTPBody {
        buffer.finish()
    }

    /// Less is read through the loop's buffer, together with whatever follows it.
    private static let directBytesMin = 16_384
    /// A turn of the loop should not copy more than this for one connection.
    private static let directBytesMax = 262_144
}
