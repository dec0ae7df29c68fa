/// The parts of a tar file between which the members' contents stand.
public enum TarWriter {
    /// The header of a plain file (POSIX ustar).
    ///
    /// - Parameters:
    ///   - name: at most 255 bytes without `/`; beyond 100 an extended header carries it.
    ///   - time: seconds since 1970.
    public static func header(name: String, byteCount: Int, time: Int) -> [UInt8] {
        guard name.utf8.count > 100 else { return block(name: name, byteCount: byteCount, time: time, type: "0") }
        let record = paxRecord("path", name)
        return block(name: "pax", byteCount: record.count, time: time, type: "x") + record
            + padding(after: record.count)
            + block(name: String(name.prefix(64)), byteCount: byteCount, time: time, type: "0")
    }

    /// Zeros that fill a member's last block.
    public static func padding(after byteCount: Int) -> [UInt8] {
        Array(repeating: 0, count: (512 - byteCount % 512) % 512)
    }

    /// What follows the last member.
    public static let end = [UInt8](repeating: 0, count: 1024)

    private static func block(name: String, byteCount: Int, time: Int, type: Unicode.Scalar) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, at place: Int) {
            for (index, byte) in bytes.enumerated() { block[place + index] = byte }
        }
        put(name.utf8, at: 0)
        put("0000644\0".utf8, at: 100)
        put("0000000\0".utf8, at: 108)
        put("0000000\0".utf8, at: 116)
        put(number(byteCount), at: 124)
        put(number(max(0, time)), at: 136)
        put(repeatElement(UInt8(ascii: " "), count: 8), at: 148)
        block[156] = UInt8(type.value)
        put("ustar\u{0}00".utf8, at: 257)
        let sum = block.reduce(0) { $0 + Int($1) }
        put((octal(sum, digits: 6) + "\0 ").utf8, at: 148)
        return block
    }

    /// Eleven octal digits, or, from 8 GiB on, a binary number marked by the top bit.
    private static func number(_ value: Int) -> [UInt8] {
        if value < 1 << 33 { return Array((octal(value, digits: 11) + "\0").utf8) }
        return [0x80] + (0..<11).map { UInt8(truncatingIfNeeded: value >> min(63, 8 * (10 - $0))) }
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The length at the front counts itself.
    private static func paxRecord(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count + 1
        while String(length).utf8.count + rest.utf8.count != length { length += 1 }
        return Array("\(length)\(rest)".utf8)
    }
}
