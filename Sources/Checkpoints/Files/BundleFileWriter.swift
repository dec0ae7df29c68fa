import Formats
import TensorCore

/// Writes the pieces of a plan to one file and computes their checksums in passing, on all threads of the pool.
struct BundleFileWriter {
    let plan: BundlePlan
    let file: any File
    let pool: ComputePool

    /// Returns the checksum of each piece.
    func write() throws -> [CRC32C] {
        let shares = TransferShare.cut(plan.pieces.map { ($0.offset, $0.region.count) })
        return try pool.transfer(shares, items: plan.pieces.count) { share in
            let checksums = share.parts.count == 1 ? try writeOne(share) : try writeTogether(share)
            startWriting(behind: share.offset + share.byteCount)
            return checksums
        }
    }

    /// Sets the disk to work while the rest is still being written. In long runs: asked for each share alone, the kernel
    /// took twice as long.
    private func startWriting(behind end: Int) {
        let run = 16 << 20
        if end % run == 0 { file.startWriting(end - run..<end) }
    }

    private func writeOne(_ share: TransferShare) throws -> [CRC32C] {
        let part = share.parts[0]
        return try plan.pieces[part.item].region[part.range].withUnsafeBytes { bytes in
            try file.writeAll(bytes, at: share.offset)
            return [CRC32C(bytes)]
        }
    }

    /// Many small tensors: put together first, then one system call for all.
    private func writeTogether(_ share: TransferShare) throws -> [CRC32C] {
        var checksums: [CRC32C] = []
        let together = ByteRegion(uninitialized: share.byteCount) { buffer in
            var end = 0
            for part in share.parts {
                plan.pieces[part.item].region[part.range].withUnsafeBytes { bytes in
                    checksums.append(CRC32C(bytes))
                    UnsafeMutableRawBufferPointer(rebasing: buffer[end...]).copyMemory(from: bytes)
                    end += bytes.count
                }
            }
        }
        try together.withUnsafeBytes { bytes in try file.writeAll(bytes, at: share.offset) }
        return checksums
    }
}
