import Formats
import TensorCore

/// A checkpoint as one file of another form, that is never put together: any range of it can be read, from the checkpoint's
/// own files, in little memory.
public struct CheckpointExport: Sendable {
    public let form: CheckpointForm
    public private(set) var byteCount = 0
    /// Changes whenever the bytes do; for an ETag.
    public let identity: String

    enum Source: Sendable {
        case memory(ByteRegion)
        case file(any File, offset: Int)
    }

    /// In order, each with where it starts.
    private var segments: [(start: Int, byteCount: Int, source: Source)] = []

    init(form: CheckpointForm, identity: String) {
        self.form = form
        self.identity = "\(identity)-\(form.rawValue)"
    }

    /// Reads the bytes `range` of the file, as far as they exist; returns how many there were.
    public func read(_ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let end = min(range.upperBound, byteCount)
        var position = range.lowerBound
        var index = segments.partitioningIndex { $0.start + $0.byteCount > position }
        while position < end, index < segments.count {
            let segment = segments[index]
            let within = position - segment.start
            let count = min(segment.byteCount - within, end - position)
            let target = UnsafeMutableRawBufferPointer(
                rebasing: buffer[position - range.lowerBound..<position - range.lowerBound + count])
            switch segment.source {
            case .memory(let region):
                region[within..<within + count].withUnsafeBytes { target.copyMemory(from: $0) }
            case .file(let file, let offset):
                let found = try file.readAll(into: target, at: offset + within)
                guard found == count else {
                    throw FormatError(.bundle, file.path, .truncated(needed: count, available: found))
                }
            }
            position += count
            index += 1
        }
        return max(0, position - range.lowerBound)
    }

    mutating func append(_ bytes: [UInt8]) { append(.memory(ByteRegion(copying: bytes)), bytes.count) }

    mutating func append(_ source: Source, _ count: Int) {
        guard count > 0 else { return }
        segments.append((byteCount, count, source))
        byteCount += count
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first place from which on `predicate` holds, in a collection where it holds from some place on.
    fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
