import TensorCore

/// A JSON text as a value: for specs and settings, which are small and looked at from all sides. Tensors are read and
/// written without it.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without point and exponent, exactly.
    case integer(Int)
    /// A whole number beyond `Int.max`.
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads a whole text.
    public init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws {
        var reader = JSONReader(text, limits: limits)
        self = try reader.value()
        try reader.end()
    }

    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws {
        var text = text
        self = try text.withUTF8 { try JSONValue(parsing: UnsafeRawBufferPointer($0), limits: limits) }
    }

    public init(parsing text: [UInt8], limits: JSONLimits = JSONLimits()) throws {
        self = try text.withUnsafeBytes { try JSONValue(parsing: $0, limits: limits) }
    }

    /// The shortest text of this value.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSONValue: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: - Looking in

extension JSONValue {
    /// The member `key` of an object; nil where there is none, or this is none.
    public subscript(key: String) -> JSONValue? { object?[key] }

    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
    public var string: String? { if case .string(let string) = self { string } else { nil } }
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    public var isNull: Bool { self == .null }

    /// A whole number, also one written as 1.0.
    public var integer: Int? {
        switch self {
        case .integer(let integer): integer
        case .double(let double): Int(exactly: double)
        default: nil
        }
    }

    /// Any number, rounded to a double.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .unsigned(let unsigned): Double(unsigned)
        case .double(let double): double
        default: nil
        }
    }
}

// MARK: - Reading and writing

extension JSONReader {
    /// Reads the next value with all that is in it.
    public mutating func value() throws -> JSONValue {
        switch try peek() {
        case .null:
            try null()
            return .null
        case .bool: return .bool(try bool())
        case .number: return try numberValue()
        case .string: return .string(try string())
        case .array:
            var elements: [JSONValue] = []
            try array { (_, reader) in elements.append(try reader.value()) }
            return .array(elements)
        case .object:
            var members = JSONObject()
            try object { (key, reader) in members.append(key, try reader.value()) }
            return .object(members)
        }
    }

    /// Whole numbers that are written as such stay exact as long as 64 bits hold them.
    private mutating func numberValue() throws(JSONError) -> JSONValue {
        let start = self
        let double = try double()
        let text = bytes[start.offset..<offset]
        let isWhole = text.allSatisfy { $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }
        // -0 is a double: no integer has that sign.
        guard isWhole, double != 0 || double.sign == .plus else { return .double(double) }
        if let integer = start.wholeNumber(.int64, Int64(0)) { return .integer(Int(integer)) }
        if let unsigned = start.wholeNumber(.uint64, UInt64(0)) { return .unsigned(unsigned) }
        return .double(double)
    }

    /// The number that comes next as an integer, nil when it is out of range. To find out by an error would be to look for
    /// its place in the text each time.
    private func wholeNumber<Scalar>(_ dtype: DType, _ zero: Scalar) -> Scalar? {
        var value = zero
        let run = withUnsafeMutableBytes(of: &value) { readNumber(Int32(dtype.rawValue), into: $0.baseAddress) }
        return run.count == 1 ? value : nil
    }
}

extension JSONWriter {
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .integer(let integer): self.integer(integer)
        case .unsigned(let unsigned): integer(unsigned)
        case .double(let double): self.double(double)
        case .string(let string): self.string(string)
        case .array(let elements): array { writer in for element in elements { writer.value(element) } }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.key(member.key)
                    writer.value(member.value)
                }
            }
        }
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
