/// A string as it stands in the text, between its quotes.
struct JSONText {
    let range: Range<Int>
    let hasEscapes: Bool
}

extension JSONReader {
    /// Reads a string.
    public mutating func string() throws(JSONError) -> String {
        try expect(.string)
        return string(try scanString())
    }

    func string(_ text: JSONText) -> String {
        text.hasEscapes
            ? String(decoding: utf8(text), as: UTF8.self)
            : String(decoding: UnsafeRawBufferPointer(rebasing: bytes[text.range]), as: UTF8.self)
    }

    /// The bytes that a string, which was scanned before, stands for.
    func utf8(_ text: JSONText) -> [UInt8] {
        guard text.hasEscapes else { return Array(bytes[text.range]) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.range.count)
        var position = text.range.lowerBound
        while position < text.range.upperBound {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                decoded.append(byte)
                continue
            }
            let letter = bytes[position]
            position += 1
            guard letter == UInt8(ascii: "u") else {
                decoded.append(JSONReader.unescaped(letter) ?? letter)
                continue
            }
            var unit = codeUnit(at: position) ?? 0
            position += 4
            if unit & 0xFC00 == 0xD800 {
                unit = 0x10000 + (unit & 0x3FF) << 10 + ((codeUnit(at: position + 2) ?? 0) & 0x3FF)
                position += 6
            }
            if let scalar = Unicode.Scalar(unit) { decoded.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        }
        return decoded
    }

    /// Moves past a string, whose opening quote comes next, and checks it: UTF-8, escapes, surrogate pairs.
    mutating func scanString() throws(JSONError) -> JSONText {
        let start = offset + 1
        var position = start
        var hasEscapes = false
        while true {
            position = endOfPlainText(from: position)
            guard position < bytes.count else {
                offset = position
                throw unexpected("'\"' at the end of a string")
            }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                offset = position + 1
                return JSONText(range: start..<position, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += try escapeLength(at: position)
            case 0..<0x20:
                throw error(.invalidString("a control character that is not escaped"), at: position)
            default:
                let length = sequenceLength(at: position)
                guard length > 0 else { throw error(.invalidString("bytes that are not UTF-8"), at: position) }
                position += length
            }
        }
    }

    // MARK: - Helpers

    /// Passes over ASCII that means itself, eight bytes at a time.
    private func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // In each byte the top bit: not ASCII, below 0x20, a quote, a backslash (a zero after the xor).
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let special = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
            if special & (ones &* 0x80) != 0 { break }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            position += 1
        }
        return position
    }

    /// The bytes of the escape at `position`, backslash included.
    private func escapeLength(at position: Int) throws(JSONError) -> Int {
        guard position + 1 < bytes.count else {
            throw error(.unexpected(expected: "an escape", found: "the end of the text"), at: position + 1)
        }
        let letter = bytes[position + 1]
        guard letter == UInt8(ascii: "u") else {
            guard JSONReader.unescaped(letter) != nil else {
                throw error(.invalidString("an escape that JSON does not have"), at: position)
            }
            return 2
        }
        guard let unit = codeUnit(at: position + 2) else {
            throw error(.invalidString("\\u without four hexadecimal digits"), at: position)
        }
        guard unit & 0xF800 == 0xD800 else { return 6 }
        let next = position + 6
        guard unit & 0xFC00 == 0xD800, next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u"), let low = codeUnit(at: next + 2), low & 0xFC00 == 0xDC00
        else { throw error(.invalidString("half of a surrogate pair"), at: position) }
        return 12
    }

    /// Four hexadecimal digits.
    private func codeUnit(at position: Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// The bytes of the UTF-8 sequence at `position`; zero when it is none (RFC 3629, section 4).
    private func sequenceLength(at position: Int) -> Int {
        let lead = bytes[position]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return 0 }
        for byte in bytes[position + 2..<position + length] where byte & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// What the letter of a short escape stands for.
    private static func unescaped(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }
}
