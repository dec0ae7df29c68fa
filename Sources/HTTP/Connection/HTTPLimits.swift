/// How much one request may ask of the server. Sizes are bytes.
public struct HTTPLimits: Sendable, Equatable {
    /// All field lines of a head together, and all lines of a trailer section together (431).
    public var headerBytesMax = 32_768
    /// Number of field lines of a head, and of a trailer section (431).
    public var headersMax = 100
    /// The request target (414).
    public var targetBytesMax = 8_192
    /// The content, after decompression too (413).
    public var bodyBytesMax = 268_435_456
    /// Chunk extensions of one chunk; sixteen times this for all chunks of a body (400).
    public var chunkExtensionBytesMax = 1_024
    /// Content that is read and thrown away after an early answer, so that the connection can go on.
    public var discardedBytesMax = 65_536
    /// What a client may send ahead while its earlier request is being answered; more stays in its socket.
    public var pipelinedBytesMax = 65_536
    /// Empty lines before a request line (RFC 9112 §2.2 asks for at least one).
    public var emptyLinesMax = 8

    public init() {}
}

/// How long a connection may take over each part of its work.
public struct HTTPTimeouts: Sendable, Equatable {
    /// From the first byte of a head to its last, and for a whole TLS handshake.
    public var header: Duration = .seconds(15)
    /// Without a byte of content arriving.
    public var body: Duration = .seconds(60)
    /// For all the content of one request.
    public var bodyDeadline: Duration = .seconds(600)
    /// Between requests, and before the first one.
    public var idle: Duration = .seconds(60)
    /// Without a byte of the answer being taken.
    public var write: Duration = .seconds(60)
    /// After a last answer, for the client to read it: without a byte arriving.
    public var linger: Duration = .seconds(5)
    /// After a last answer, all in all.
    public var lingerDeadline: Duration = .seconds(30)

    public init() {}
}

extension Duration {
    /// Whole nanoseconds, clamped to what fits.
    package var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? UInt64.max / 2 : whole &+ UInt64(attoseconds) / 1_000_000_000
    }
}
