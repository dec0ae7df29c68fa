import Formats
import Locking
import TensorCore

/// One share of the work of moving bytes to or from a file: parts of items that lie side by side there.
struct TransferShare {
    var offset: Int
    var parts: [(item: Int, range: Range<Int>)] = []
    var byteCount = 0

    /// Bytes that one thread takes at a time: long enough that a system call is nothing beside it, short enough that
    /// the checksum finds them in the cache, and that a pause between two is not felt by anyone who waits for a core.
    static let byteCountMax = 1 << 20

    /// Cuts items, in rising order of their offsets, into shares.
    static func cut(_ items: [(offset: Int, byteCount: Int)]) -> [TransferShare] {
        var shares: [TransferShare] = []
        var current = TransferShare(offset: 0)
        func close() {
            if current.byteCount > 0 { shares.append(current) }
        }
        for (number, item) in items.enumerated() {
            if item.offset != current.offset + current.byteCount {
                close()
                current = TransferShare(offset: item.offset)
            }
            var start = 0
            while start < item.byteCount {
                let count = min(item.byteCount - start, byteCountMax - current.byteCount)
                current.parts.append((number, start..<start + count))
                current.byteCount += count
                start += count
                if current.byteCount == byteCountMax {
                    close()
                    current = TransferShare(offset: item.offset + start)
                }
            }
        }
        close()
        return shares
    }
}

extension TransferShare {
    /// The bytes of each part, where `bytes` are those of the whole share.
    func slices(of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        var start = 0
        return parts.map { part in
            defer { start += part.range.count }
            return UnsafeRawBufferPointer(rebasing: bytes[start..<start + part.range.count])
        }
    }
}

/// A checksum that can be put together from those of consecutive parts.
protocol JoinableChecksum: Sendable {
    init()
    func followed(by next: Self, count: Int) -> Self
}

extension CRC32C: JoinableChecksum {}
extension CRC32: JoinableChecksum {}

/// The checksums of a part under both polynomials.
struct BothChecksums: JoinableChecksum {
    var crc32c = CRC32C()
    var crc32 = CRC32()

    func followed(by next: BothChecksums, count: Int) -> BothChecksums {
        BothChecksums(
            crc32c: crc32c.followed(by: next.crc32c, count: count), crc32: crc32.followed(by: next.crc32, count: count))
    }
}

extension ComputePool {
    /// Runs `body` for every share, side by side, and joins the checksums that it returns for the share's parts to one for
    /// each item. After the first error no further share is begun.
    func transfer<Checksum: JoinableChecksum>(
        _ shares: [TransferShare], items: Int, _ body: @Sendable (TransferShare) throws -> [Checksum]
    ) throws -> [Checksum] {
        let results = Lock<(checksums: [[Checksum]], error: (any Error)?)>(
            (Array(repeating: [], count: shares.count), nil))
        forEach(shares: shares.count) { number in
            guard results.withLock({ $0.error == nil }) else { return }
            do {
                let checksums = try body(shares[number])
                results.withLock { $0.checksums[number] = checksums }
            } catch {
                results.withLock { $0.error = $0.error ?? error }
            }
        }
        let (checksums, error) = results.withLock { ($0.checksums, $0.error) }
        if let error { throw error }
        var joined = Array(repeating: Checksum(), count: items)
        for (share, checksums) in zip(shares, checksums) {
            for (part, checksum) in zip(share.parts, checksums) {
                joined[part.item] = joined[part.item].followed(by: checksum, count: part.range.count)
            }
        }
        return joined
    }
}
