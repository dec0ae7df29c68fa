/// Takes `.` and `..` out of a path (RFC 3986 §5.2.4), whether their dots came plain or as `%2e`.
enum DotSegments {
    /// Writes the resolved path behind `bytes` and says where it stands.
    static func remove(from path: RequestTarget.ByteRange, in bytes: inout [UInt8]) -> RequestTarget.ByteRange {
        let start = bytes.count
        var index = Int(path.start)
        let end = Int(path.end)
        while index < end {
            // `index` stands at the slash before a segment.
            var segmentEnd = index + 1
            while segmentEnd < end, bytes[segmentEnd] != .slash { segmentEnd += 1 }
            let isLast = segmentEnd == end
            switch dots(bytes[(index + 1)..<segmentEnd]) {
            case 1:
                if isLast { bytes.append(.slash) }
            case 2:
                while bytes.count > start, bytes.removeLast() != .slash {}
                if isLast { bytes.append(.slash) }
            default:
                for position in index..<segmentEnd { bytes.append(bytes[position]) }
            }
            index = segmentEnd
        }
        if bytes.count == start { bytes.append(.slash) }
        return RequestTarget.ByteRange(start, bytes.count)
    }

    /// 1 for `.`, 2 for `..`, otherwise 0.
    private static func dots(_ segment: ArraySlice<UInt8>) -> Int {
        var count = 0
        var index = segment.startIndex
        while index < segment.endIndex {
            if segment[index] == .period {
                index += 1
            } else if segment[index] == .percent, index + 2 < segment.endIndex, segment[index + 1] == UInt8(ascii: "2"),
                segment[index + 2].lowercased == UInt8(ascii: "e")
            {
                index += 3
            } else {
                return 0
            }
            count += 1
        }
        return count <= 2 ? count : 0
    }
}
