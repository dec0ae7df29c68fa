import TensorCore

/// Reads the text form of protocol buffers, as far as state files need it: `name: value`, one after the other.
struct TextFormatReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next field's name, its colon passed over; nil at the end.
    mutating func field() throws(FormatError) -> String? {
        skipSpace()
        if offset == bytes.count { return nil }
        let name = word()
        guard !name.isEmpty else { throw error("a field's name") }
        skipSpace()
        if peek() == UInt8(ascii: ":") { offset += 1 }
        skipSpace()
        return name
    }

    /// A quoted string; several in a row are one.
    mutating func string() throws(FormatError) -> String {
        var content: [UInt8] = []
        guard isQuote(peek()) else { throw error("a quoted string") }
        while let quote = peek(), isQuote(quote) {
            offset += 1
            try readString(closing: quote, into: &content)
            skipSpace()
        }
        guard let text = String(validating: content, as: UTF8.self) else { throw error("UTF-8") }
        return text
    }

    mutating func number() throws(FormatError) -> Double {
        let start = offset
        let text = word()
        guard let number = Double(text), number.isFinite else {
            offset = start
            throw error("a number")
        }
        return number
    }

    /// Passes over a value of a field that is not known.
    mutating func skipValue() throws(FormatError) {
        switch peek() {
        case let byte? where isQuote(byte): _ = try string()
        case UInt8(ascii: "{")?, UInt8(ascii: "<")?: try skipMessage()
        default: if word().isEmpty { throw error("a value") }
        }
    }

    // MARK: - Steps

    private mutating func skipMessage() throws(FormatError) {
        var depth = 0
        repeat {
            skipSpace()
            guard let byte = peek() else { throw error("'}'") }
            if isQuote(byte) {
                _ = try string()
                continue
            }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "<") { depth += 1 }
            if byte == UInt8(ascii: "}") || byte == UInt8(ascii: ">") { depth -= 1 }
            offset += 1
        } while depth > 0
    }

    private mutating func readString(closing quote: UInt8, into content: inout [UInt8]) throws(FormatError) {
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            offset += 1
            if byte == quote { return }
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            content.append(try escape())
        }
        throw error("a closing quote")
    }

    private mutating func escape() throws(FormatError) -> UInt8 {
        guard let letter = peek() else { throw error("an escape") }
        offset += 1
        switch letter {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "x"), UInt8(ascii: "X"): return try digits(radix: 16, atMost: 2)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            offset -= 1
            return try digits(radix: 8, atMost: 3)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "?"): return letter
        default: throw error("an escape")
        }
    }

    private mutating func digits(radix: Int, atMost count: Int) throws(FormatError) -> UInt8 {
        var value: Int?
        for _ in 0..<count {
            guard let byte = peek(), byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                digit < radix
            else { break }
            value = (value ?? 0) * radix + digit
            offset += 1
        }
        guard let value, let byte = UInt8(exactly: value) else { throw error("a byte's digits") }
        return byte
    }

    private mutating func word() -> String {
        let start = offset
        while let byte = peek(), isWord(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func skipSpace() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                while let comment = peek(), comment != UInt8(ascii: "\n") { offset += 1 }
            } else if byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
                offset += 1
            } else {
                return
            }
        }
    }

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func isQuote(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private func error(_ expected: String) -> FormatError {
        let found = peek().map { "byte \($0)" } ?? "the end"
        return FormatError(.state, "file", at: offset, .malformed(expected: expected, found: found))
    }
}
