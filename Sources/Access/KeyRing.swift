import COpenSSL
import Locking

/// The keys that are known, and whose they are.
///
/// Of a key only its digest is kept, until its owner shows it: then what was shown is kept in memory, because finding it
/// again costs a twentieth of making its digest with every request.
final class KeyRing: Sendable {
    private let keys: [(digest: KeyDigest, member: AccessPolicy.Member)]
    /// The keys as they were shown, in the order of `keys`; empty for those that were not yet.
    private let shown: Lock<[[UInt8]]>

    init(_ keys: [(digest: KeyDigest, member: AccessPolicy.Member)]) {
        self.keys = keys
        shown = Lock(Array(repeating: [], count: keys.count))
    }

    var isEmpty: Bool { keys.isEmpty }

    /// Whose key this is; nil where it is nobody's.
    func member(showing key: ArraySlice<UInt8>) -> AccessPolicy.Member? {
        guard !key.isEmpty else { return nil }
        return key.withUnsafeBytes { key in
            if let place = shown.withLock({ KeyRing.place(of: key, in: $0) }) { return keys[place].member }
            let digest = KeyDigest(of: key)
            // All are looked at, so that the time tells nothing about which it was.
            var found: Int?
            for (place, known) in keys.enumerated() where known.digest.matches(digest) { found = place }
            guard let found else { return nil }
            shown.withLock { $0[found] = Array(key) }
            return keys[found].member
        }
    }

    /// As with the digests: every key of that length is compared, and in a time that does not depend on what it is.
    private static func place(of key: UnsafeRawBufferPointer, in shown: [[UInt8]]) -> Int? {
        var found: Int?
        for place in shown.indices where shown[place].count == key.count {
            if CRYPTO_memcmp(shown[place], key.baseAddress, key.count) == 0 { found = place }
        }
        return found
    }
}
