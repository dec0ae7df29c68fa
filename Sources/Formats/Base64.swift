/// Base64 with the standard alphabet (RFC 4648, section 4). Padding may be left away.
public enum Base64 {
    /// Bytes that `text` stands for, if it is valid.
    public static func decodedCount(_ text: UnsafeRawBufferPointer) -> Int { significantCount(text) * 3 / 4 }

    /// Decodes into `target`, which has ``decodedCount(_:)`` bytes.
    ///
    /// - Returns: nil, or the place of the first character that does not belong.
    public static func decode(_ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
        let count = significantCount(text)
        let padding = text.count - count
        // One character alone says nothing, and padding fills up to four.
        if count % 4 == 1 || (padding > 0 && text.count % 4 != 0) { return count }
        return values.withUnsafeBufferPointer { values in
            var written = 0
            var group: UInt32 = 0
            for index in 0..<count {
                let value = values[Int(text[index])]
                if value > 63 { return index }
                group = group << 6 | UInt32(value)
                guard index & 3 == 3 else { continue }
                target[written] = UInt8(truncatingIfNeeded: group >> 16)
                target[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                target[written + 2] = UInt8(truncatingIfNeeded: group)
                written += 3
                group = 0
            }
            switch count % 4 {
            case 2:
                target[written] = UInt8(truncatingIfNeeded: group >> 4)
                return group & 0xF == 0 ? nil : count - 1
            case 3:
                target[written] = UInt8(truncatingIfNeeded: group >> 10)
                target[written + 1] = UInt8(truncatingIfNeeded: group >> 2)
                return group & 0x3 == 0 ? nil : count - 1
            default: return nil
            }
        }
    }

    /// Appends the text of `bytes`, padded.
    public static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        var index = 0
        while index + 3 <= bytes.count {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            for shift in [UInt32(18), 12, 6, 0] { text.append(alphabet[Int(group >> shift & 63)]) }
            index += 3
        }
        let left = bytes.count - index
        guard left > 0 else { return }
        let group = UInt32(bytes[index]) << 16 | (left == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
        text.append(alphabet[Int(group >> 18)])
        text.append(alphabet[Int(group >> 12 & 63)])
        text.append(left == 2 ? alphabet[Int(group >> 6 & 63)] : pad)
        text.append(pad)
    }

    // MARK: - Helpers

    private static let pad = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character, 255 for those that have none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    private static func significantCount(_ text: UnsafeRawBufferPointer) -> Int {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == pad { count -= 1 }
        return count
    }
}
