import CKernels
import TensorCore

/// How much a JSON text may ask for.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects within each other.
    public var depthMax: Int
    /// Bytes of one tensor's elements.
    public var tensorBytesMax: Int

    public init(depthMax: Int = 64, tensorBytesMax: Int = .max) {
        self.depthMax = depthMax
        self.tensorBytesMax = tensorBytesMax
    }
}

/// Reads JSON (RFC 8259, strictly) straight from bytes, value by value, in one pass and without memory of its own.
///
/// A reader is a place in the text: a copy of it is a mark, and assigning the copy back rewinds.
/// Whoever makes one keeps the bytes alive as long as it is used.
public struct JSONReader {
    let bytes: UnsafeRawBufferPointer
    /// Where the next value starts, white space before it included.
    public internal(set) var offset = 0
    /// Containers that are open here.
    var depth = 0
    let limits: JSONLimits

    public init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The kind of a value, as its first byte tells.
    public enum Kind: String, Sendable {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case bool = "true or false"
        case null = "null"
    }

    /// The kind of the next value, which stays unread.
    public mutating func peek() throws(JSONError) -> Kind {
        guard let byte = nextByte() else { throw unexpected("a value") }
        switch byte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw unexpected("a value")
        }
    }

    /// The kind of what comes next, of a word only where it is whole: `nul` is no null, but not JSON.
    mutating func peekWhole() throws(JSONError) -> Kind {
        let kind = try peek()
        var rest = self
        switch kind {
        case .null: try rest.word("null")
        case .bool: try rest.word(bytes[offset] == UInt8(ascii: "t") ? "true" : "false")
        default: break
        }
        return kind
    }

    public mutating func null() throws(JSONError) {
        try expect(.null)
        try word("null")
    }

    public mutating func bool() throws(JSONError) -> Bool {
        try expect(.bool)
        if bytes[offset] == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    /// A whole number, exactly; also written as 1.0 or 1e2.
    public mutating func int64() throws(JSONError) -> Int64 { try number(.int64, 0) }

    /// As ``int64()``, in this machine's usual type.
    public mutating func int() throws(JSONError) -> Int { Int(try int64()) }

    public mutating func uint64() throws(JSONError) -> UInt64 { try number(.uint64, 0) }

    /// A number, correctly rounded; finite.
    public mutating func double() throws(JSONError) -> Double { try number(.float64, 0) }

    /// Passes over the next value, whatever it is, as long as it is JSON.
    public mutating func skip() throws(JSONError) {
        switch try peek() {
        case .object: try skipContainer(.object)
        case .array: try skipContainer(.array)
        case .string: _ = try scanString()
        case .number: try readNumber(-1, .float64, into: nil)
        case .bool: _ = try bool()
        case .null: try null()
        }
    }

    /// Makes sure that nothing but white space is left.
    public mutating func end() throws(JSONError) {
        if nextByte() != nil { throw unexpected("the end of the text") }
    }

    /// An error about the value at `offset`, which lies in the part that was read.
    public func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        let place = min(offset ?? self.offset, bytes.count)
        let location = JSONLocation(of: place, in: bytes)
        return JSONError(
            reason: reason, offset: place, line: location.line, column: location.column, path: location.path)
    }
}

// MARK: - Steps

extension JSONReader {
    /// Moves past white space; the byte there, nil at the end.
    mutating func nextByte() -> UInt8? {
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): offset += 1
            default: return byte
            }
        }
        return nil
    }

    /// Passes over `byte`, which must come next.
    mutating func consume(_ byte: UInt8, _ expected: @autoclosure () -> String) throws(JSONError) {
        guard nextByte() == byte else { throw unexpected(expected()) }
        offset += 1
    }

    mutating func expect(_ kind: Kind) throws(JSONError) {
        let found = try peek()
        if found != kind {
            _ = try peekWhole()
            throw error(.wrongType(expected: kind.rawValue, found: found.rawValue))
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == word.utf8Start[index] else { throw unexpected("\(word)") }
            offset += 1
        }
    }

    /// Reads one number as an element of `dtype`, of which `Scalar` is the Swift type.
    private mutating func number<Scalar>(_ dtype: DType, _ zero: Scalar) throws(JSONError) -> Scalar {
        var value = zero
        try withUnsafeMutableBytes(of: &value) { target throws(JSONError) in
            try readNumber(Int32(dtype.rawValue), dtype, into: target.baseAddress)
        }
        return value
    }

    /// Reads one number into an element; a code of −1 only passes over it.
    mutating func readNumber(_ code: Int32, _ dtype: DType, into target: UnsafeMutableRawPointer?) throws(JSONError) {
        try expect(.number)
        let run = readNumber(code, into: target)
        offset = offset(of: run)
        try refuse(run, dtype)
    }

    /// The kernel's word on the number at this very place; moves nothing.
    func readNumber(_ code: Int32, into target: UnsafeMutableRawPointer?) -> ck_number_run {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return ck_number_run(next: nil, count: 0, end: Int32(CK_RUN_OTHER))
        }
        return ck_read_number(code, base + offset, base + bytes.count, target)
    }

    /// Reads a run of numbers with commas between them; moves nothing.
    func readNumbers(_ dtype: DType, into target: UnsafeMutableRawPointer?, capacity: Int) -> ck_number_run {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            return ck_number_run(next: nil, count: 0, end: Int32(CK_RUN_OTHER))
        }
        return ck_read_numbers(Int32(dtype.rawValue), base + offset, base + bytes.count, target, capacity)
    }

    func offset(of run: ck_number_run) -> Int {
        guard let base = bytes.baseAddress, let next = run.next else { return offset }
        return UnsafeRawPointer(next) - base
    }

    /// Throws what a run ended with, where that is an error of a number.
    mutating func refuse(_ run: ck_number_run, _ dtype: DType) throws(JSONError) {
        switch Int(run.end) {
        case CK_RUN_MALFORMED:
            offset = offset(of: run)
            throw unexpected("a digit")
        case CK_RUN_RANGE:
            offset = offset(of: run)
            throw error(.numberOutOfRange(number: numberText(at: offset), dtype: dtype))
        default: break
        }
    }

    /// About what stands there, for a message.
    private func numberText(at start: Int) -> String {
        let text = bytes[start...].prefix(41).prefix { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return String(decoding: text.prefix(40), as: UTF8.self) + (text.count > 40 ? "…" : "")
    }

    func unexpected(_ expected: String) -> JSONError {
        error(.unexpected(expected: expected, found: describe(offset)))
    }

    /// The byte at a place, in words.
    private func describe(_ place: Int) -> String {
        guard place < bytes.count else { return "the end of the text" }
        let byte = bytes[place]
        if byte > 0x20 && byte < 0x7F { return "'\(Unicode.Scalar(byte))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "the byte 0x" + (byte < 16 ? "0" : "") + digits
    }
}
