/// The bytes of a message: immutable, in one run, shared without being copied.
public final class HTTPBody: @unchecked Sendable {
    // Sendable because the bytes are never written after `init`: the array is a value, and who hands
    // memory over in `init(adopting:count:owner:)` promises not to write it any more.
    private let array: [UInt8]
    private let adopted: UnsafeRawBufferPointer?
    /// Which bytes of the array.
    private let range: Range<Int>
    private let owner: AnyObject?

    /// Number of bytes.
    public let count: Int

    public init(_ bytes: [UInt8]) {
        array = bytes
        adopted = nil
        owner = nil
        range = bytes.indices
        count = bytes.count
    }

    public convenience init(_ string: String) {
        self.init(Array(string.utf8))
    }

    /// Takes memory over without copying it. `owner` keeps it alive and is let go with this body;
    /// nobody may write these bytes from now on.
    public init(adopting bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        array = []
        adopted = bytes
        self.owner = owner
        range = 0..<0
        count = bytes.count
    }

    /// Some bytes of another body, without copying them.
    init(partOf body: HTTPBody, _ part: Range<Int>) {
        array = body.array
        adopted = body.adopted.map { UnsafeRawBufferPointer(rebasing: $0[part]) }
        owner = body.owner
        range =
            body.range.isEmpty
            ? 0..<0 : body.range.lowerBound + part.lowerBound..<body.range.lowerBound + part.upperBound
        count = part.count
    }

    public static let empty = HTTPBody([UInt8]())

    public var isEmpty: Bool { count == 0 }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let adopted {
            return try withExtendedLifetime(owner) { try body(adopted) }
        }
        return try array.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// A copy as an array.
    public var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// The bytes read as UTF-8, ill-formed ones replaced.
    public var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
