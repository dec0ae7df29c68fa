import Formats
import Locking
import TensorCore

/// Writes the pieces of a plan to one file and computes their checksums in passing, on all threads of the pool.
struct BundleFileWriter {
    let plan: BundlePlan
    let file: any File
    let pool: ComputePool

    /// Bytes that one thread takes at a time: long enough that a system call is nothing beside it, short enough that
    /// the checksum finds them in the cache, and that a pause between two is not felt by anyone who waits for a core.
    static let shareByteCount = 1 << 20

    /// One share of the work: parts of pieces that lie side by side in the file.
    private struct Share {
        var offset: Int
        var parts: [(piece: Int, range: Range<Int>)] = []
        var byteCount = 0
    }

    /// Returns the checksum of each piece.
    func write() throws -> [CRC32C] {
        let shares = shares()
        let results = Lock<(checksums: [[CRC32C]], error: (any Error)?)>(
            (Array(repeating: [], count: shares.count), nil))
        pool.forEach(shares: shares.count) { number in
            guard results.withLock({ $0.error == nil }) else { return }
            do {
                let checksums = try write(shares[number])
                results.withLock { $0.checksums[number] = checksums }
            } catch {
                results.withLock { $0.error = $0.error ?? error }
            }
        }
        let (checksums, error) = results.withLock { ($0.checksums, $0.error) }
        if let error { throw error }
        var joined = Array(repeating: CRC32C(), count: plan.pieces.count)
        for (share, checksums) in zip(shares, checksums) {
            for (part, checksum) in zip(share.parts, checksums) {
                joined[part.piece] = joined[part.piece].followed(by: checksum, count: part.range.count)
            }
        }
        return joined
    }

    private func write(_ share: Share) throws -> [CRC32C] {
        var checksums: [CRC32C] = []
        if share.parts.count == 1 {
            let part = share.parts[0]
            try plan.pieces[part.piece].region[part.range].withUnsafeBytes { bytes throws(FileError) in
                checksums = [CRC32C(bytes)]
                try file.writeAll(bytes, at: share.offset)
            }
        } else {
            // Many small tensors: put together first, one system call for all.
            try withUnsafeTemporaryAllocation(byteCount: share.byteCount, alignment: 64) { buffer in
                var end = 0
                for part in share.parts {
                    plan.pieces[part.piece].region[part.range].withUnsafeBytes { bytes in
                        checksums.append(CRC32C(bytes))
                        UnsafeMutableRawBufferPointer(rebasing: buffer[end...]).copyMemory(from: bytes)
                        end += bytes.count
                    }
                }
                try file.writeAll(UnsafeRawBufferPointer(buffer), at: share.offset)
            }
        }
        file.startWriting(share.offset..<share.offset + share.byteCount)
        return checksums
    }

    private func shares() -> [Share] {
        var shares: [Share] = []
        var current = Share(offset: 0)
        for (number, piece) in plan.pieces.enumerated() {
            var start = 0
            while start < piece.region.count {
                let count = min(piece.region.count - start, BundleFileWriter.shareByteCount - current.byteCount)
                current.parts.append((number, start..<start + count))
                current.byteCount += count
                start += count
                if current.byteCount == BundleFileWriter.shareByteCount {
                    shares.append(current)
                    current = Share(offset: piece.offset + start)
                }
            }
        }
        if current.byteCount > 0 { shares.append(current) }
        return shares
    }
}
