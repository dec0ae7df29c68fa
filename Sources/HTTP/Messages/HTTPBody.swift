/// The bytes of a message: immutable, in one run, shared without being copied.
public final class HTTPBody: @unchecked Sendable {
    // Sendable because the bytes are never written after `init`: the array is a value, and who hands
    // memory over in `init(adopting:count:owner:)` promises not to write it any more.
    private let array: [UInt8]
    private let adopted: UnsafeRawBufferPointer?
    private let owner: AnyObject?

    /// Number of bytes.
    public let count: Int

    public init(_ bytes: [UInt8]) {
        array = bytes
        adopted = nil
        owner = nil
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
        count = bytes.count
    }

    public static let empty = HTTPBody([UInt8]())

    public var isEmpty: Bool { count == 0 }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        if let adopted {
            return try withExtendedLifetime(owner) { try body(adopted) }
        }
        return try array.withUnsafeBytes(body)
    }

    /// A copy as an array.
    public var bytes: [UInt8] {
        adopted.map { Array($0) } ?? array
    }

    /// The bytes read as UTF-8, ill-formed ones replaced.
    public var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
