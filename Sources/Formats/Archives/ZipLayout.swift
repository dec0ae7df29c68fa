/// The parts of a zip file between which the members' contents stand.
struct ZipLayout {
    private var directory: [UInt8] = []
    private var count = 0
    /// Bytes of the file so far.
    private(set) var end = 0

    /// 1 January 1980, the first day that a zip file knows: equal contents make equal files.
    private static let date: UInt16 = 1 << 5 | 1

    /// The header of the next member, behind which its `storedByteCount` bytes stand.
    ///
    /// - Parameters:
    ///   - checksum: of its contents, `byteCount` bytes before they were deflated, if they were.
    mutating func add(
        _ name: String, checksum: CRC32, byteCount: Int, storedByteCount: Int, deflated: Bool = false
    ) -> [UInt8] {
        let entry = Entry(
            name: Array(name.utf8), method: deflated ? 8 : 0, checksum: checksum.value,
            storedByteCount: storedByteCount, byteCount: byteCount, offset: end)
        directory += entry.directoryEntry
        count += 1
        let header = entry.localHeader
        end += header.count + storedByteCount
        return header
    }

    /// What follows the last member.
    func directoryAndEnd() -> [UInt8] {
        let start = end
        let isWide = count >= 0xFFFF || start >= 0xFFFF_FFFF || directory.count >= 0xFFFF_FFFF
        var tail = directory
        if isWide {
            let place = start + directory.count
            tail.appendFixed(UInt32(0x0606_4B50))
            tail.appendFixed(UInt64(44))
            tail.appendFixed(UInt16(45))
            tail.appendFixed(UInt16(45))
            tail.appendFixed(UInt64(0))  // this disk, the directory's disk
            for number in [count, count, directory.count, start] { tail.appendFixed(UInt64(number)) }
            tail.appendFixed(UInt32(0x0706_4B50))
            tail.appendFixed(UInt32(0))
            tail.appendFixed(UInt64(place))
            tail.appendFixed(UInt32(1))
        }
        tail.appendFixed(UInt32(0x0605_4B50))
        tail.appendFixed(UInt32(0))  // this disk, the directory's disk
        tail.appendFixed(UInt16(clamping: count))
        tail.appendFixed(UInt16(clamping: count))
        tail.appendFixed(UInt32(clamping: directory.count))
        tail.appendFixed(UInt32(clamping: start))
        tail.appendFixed(UInt16(0))  // no comment
        return tail
    }

    /// One member's headers. Numbers beyond 32 bits stand in a field of their own.
    private struct Entry {
        let name: [UInt8]
        let method: UInt16
        let checksum: UInt32
        let storedByteCount: Int
        let byteCount: Int
        let offset: Int

        private var isWide: Bool { storedByteCount >= 0xFFFF_FFFF || byteCount >= 0xFFFF_FFFF }

        var localHeader: [UInt8] {
            var header: [UInt8] = []
            header.appendFixed(UInt32(0x0403_4B50))
            appendCommon(to: &header)
            let extra = isWide ? wideField([byteCount, storedByteCount]) : []
            header.appendFixed(UInt16(extra.count))
            return header + name + extra
        }

        var directoryEntry: [UInt8] {
            var entry: [UInt8] = []
            entry.appendFixed(UInt32(0x0201_4B50))
            entry.appendFixed(UInt16(45))
            appendCommon(to: &entry)
            let isFar = offset >= 0xFFFF_FFFF
            let wide = (isWide ? [byteCount, storedByteCount] : []) + (isFar ? [offset] : [])
            let extra = wide.isEmpty ? [] : wideField(wide)
            entry.appendFixed(UInt16(extra.count))
            entry.appendFixed(UInt16(0))  // no comment
            entry.appendFixed(UInt32(0))  // disk, internal attributes
            entry.appendFixed(UInt32(0o100644 << 16))  // as on Unix: a plain file that all may read
            entry.appendFixed(UInt32(clamping: offset))
            return entry + name + extra
        }

        /// From the version that a reader needs to the length of the name.
        private func appendCommon(to header: inout [UInt8]) {
            header.appendFixed(UInt16(isWide || offset >= 0xFFFF_FFFF ? 45 : 20))
            header.appendFixed(UInt16(0x0800))  // the name is UTF-8
            header.appendFixed(method)
            header.appendFixed(UInt16(0))  // midnight
            header.appendFixed(ZipLayout.date)
            header.appendFixed(checksum)
            header.appendFixed(isWide ? UInt32.max : UInt32(storedByteCount))
            header.appendFixed(isWide ? UInt32.max : UInt32(byteCount))
            header.appendFixed(UInt16(name.count))
        }

        private func wideField(_ numbers: [Int]) -> [UInt8] {
            var field: [UInt8] = []
            field.appendFixed(UInt16(1))
            field.appendFixed(UInt16(8 * numbers.count))
            for number in numbers { field.appendFixed(UInt64(number)) }
            return field
        }
    }
}
