import COpenSSL
import Glibc

/// The SHA-256 of an API key: what is kept of it.
///
/// A plain hash is enough because keys are made by machines: 256 random bits cannot be found by trying, however fast.
public struct KeyDigest: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Of a key as a caller shows it.
    public init(of key: String) {
        var key = key
        self = key.withUTF8 { KeyDigest(of: UnsafeRawBufferPointer($0)) }
    }

    init(of key: UnsafeRawBufferPointer) {
        bytes = [UInt8](unsafeUninitializedCapacity: KeyDigest.count) { digest, count in
            SHA256(key.baseAddress, key.count, digest.baseAddress)
            count = KeyDigest.count
        }
    }

    /// Reads `sha256:` and 64 hexadecimal digits; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        let digits = Array(text.utf8.dropFirst(7))
        guard digits.count == 2 * KeyDigest.count else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Whether both are the same, found out in a time that does not depend on where they differ.
    public func matches(_ other: KeyDigest) -> Bool { CRYPTO_memcmp(bytes, other.bytes, KeyDigest.count) == 0 }

    /// A new key: 256 bits from the kernel, in 64 hexadecimal digits behind `strata_`.
    public static func makeKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return "strata_" + (0..<4).map { _ in hexadecimal(generator.next() as UInt64, digits: 16) }.joined()
    }

    private static let count = 32

    private static func hexadecimal(_ word: some FixedWidthInteger & UnsignedInteger, digits: Int) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}

extension KeyDigest: CustomStringConvertible {
    /// As a file of keys says it.
    public var description: String { "sha256:" + bytes.map { KeyDigest.hexadecimal($0, digits: 2) }.joined() }
}
