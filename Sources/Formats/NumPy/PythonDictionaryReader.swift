/// Reads the Python literal in a .npy header: a dictionary of strings, bools and tuples of natural numbers.
struct PythonDictionaryReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var isOpen = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next key, its colon passed over; nil at the end of the dictionary, behind which only white space may stand.
    mutating func key() throws(FormatError) -> String? {
        if !isOpen {
            try expect(UInt8(ascii: "{"))
            isOpen = true
        } else if next() == UInt8(ascii: ",") {
            offset += 1
        } else if next() != UInt8(ascii: "}") {
            throw error("',' or '}'")
        }
        if next() == UInt8(ascii: "}") {
            offset += 1
            guard next() == nil else { throw error("the end of the header") }
            return nil
        }
        let key = try string()
        try expect(UInt8(ascii: ":"))
        return key
    }

    mutating func string() throws(FormatError) -> String {
        guard let quote = next(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw error("a string")
        }
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != quote {
            // Escapes do not occur in what NumPy writes for plain types.
            guard bytes[offset] >= 0x20, bytes[offset] < 0x7F, bytes[offset] != UInt8(ascii: "\\") else {
                throw error("a plain character")
            }
            offset += 1
        }
        guard offset < bytes.count else { throw error("a closing quote") }
        defer { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    mutating func bool() throws(FormatError) -> Bool {
        switch word() {
        case "True": return true
        case "False": return false
        default: throw error("True or False")
        }
    }

    mutating func tuple() throws(FormatError) -> [Int] {
        var numbers: [Int] = []
        try expect(UInt8(ascii: "("))
        while next() != UInt8(ascii: ")") {
            numbers.append(try natural())
            // Python 2 wrote large numbers as 5L.
            if next() == UInt8(ascii: "L") { offset += 1 }
            if next() == UInt8(ascii: ",") {
                offset += 1
            } else if numbers.count == 1 || next() != UInt8(ascii: ")") {
                // (5) is no tuple.
                throw error("','")
            }
            guard numbers.count <= 64 else { throw error("at most 64 extents") }
        }
        offset += 1
        return numbers
    }

    // MARK: - Steps

    private mutating func natural() throws(FormatError) -> Int {
        let text = word()
        guard let number = Int(text), number >= 0, text.first != "+" else { throw error("a natural number") }
        return number
    }

    private mutating func word() -> String {
        _ = next()
        let start = offset
        while offset < bytes.count, isWord(bytes[offset]) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "T"), UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Moves past white space; the byte there, nil at the end.
    private mutating func next() -> UInt8? {
        while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x0A { offset += 1 }
        return offset < bytes.count ? bytes[offset] : nil
    }

    private mutating func expect(_ byte: UInt8) throws(FormatError) {
        guard next() == byte else { throw error("'\(Unicode.Scalar(byte))'") }
        offset += 1
    }

    private func error(_ expected: String) -> FormatError {
        let found = offset < bytes.count ? "byte \(bytes[offset])" : "the end"
        return FormatError(.npy, "header", at: offset, .malformed(expected: expected, found: found))
    }
}
