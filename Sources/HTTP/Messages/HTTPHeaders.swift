/// The fields of a message: ordered, repeated where they are repeated, found by name in any case.
///
/// All names and values stand in one run of bytes, so reading a request makes no string until
/// somebody asks for one, and two arrays serve every request of a connection in turn.
public struct HTTPHeaders: Sendable {
    /// Where one field stands in `bytes`.
    struct Field: Sendable {
        var nameStart: Int32
        var nameCount: Int32
        var valueStart: Int32
        var valueCount: Int32
        /// Of the name, so that most comparisons end at one number.
        var mark: UInt32

        var name: Range<Int> { Int(nameStart)..<Int(nameStart + nameCount) }
        var value: Range<Int> { Int(valueStart)..<Int(valueStart + valueCount) }
    }

    var bytes: [UInt8] = []
    var fields: [Field] = []

    public init() {}

    /// Number of field lines.
    public var count: Int { fields.count }

    public var isEmpty: Bool { fields.isEmpty }

    /// The value of the field; several lines of one name are joined by commas (RFC 9110 §5.2).
    /// Setting replaces all lines of that name; setting `nil` removes them.
    public subscript(_ name: String) -> String? {
        get { value(of: name) }
        set {
            if let newValue {
                set(name, newValue)
            } else {
                remove(name)
            }
        }
    }

    /// The value as bytes, which makes no string of it; otherwise as the subscript gives it.
    public func bytes(of name: String) -> ArraySlice<UInt8>? {
        let mark = Self.mark(of: name)
        guard let first = fields.firstIndex(where: { matches($0, name, mark) }) else { return nil }
        guard fields[(first + 1)...].contains(where: { matches($0, name, mark) }) else {
            return valueBytes(fields[first])
        }
        return value(of: name).map { Array($0.utf8)[...] }
    }

    /// The values of all lines of this name, in order.
    public func all(_ name: String) -> [String] {
        let mark = Self.mark(of: name)
        return fields.compactMap { matches($0, name, mark) ? string($0.valueStart, $0.valueCount) : nil }
    }

    public func contains(_ name: String) -> Bool {
        let mark = Self.mark(of: name)
        return fields.contains { matches($0, name, mark) }
    }

    /// Adds a line after those there are.
    ///
    /// A name that is no token adds nothing, and control characters in a value become spaces: no
    /// value can start another line of the response (RFC 9110 §5.5).
    public mutating func add(_ name: String, _ value: String) {
        guard Self.isName(name) else { return }
        if fields.isEmpty { reserveForAnswer() }
        let nameStart = bytes.count
        bytes.append(contentsOf: name.utf8)
        let valueStart = bytes.count
        bytes.append(contentsOf: value.utf8)
        for index in valueStart..<bytes.count where !bytes[index].isFieldValueByte { bytes[index] = .space }
        addField(nameStart..<valueStart, value: valueStart..<bytes.count)
    }

    /// Notes a field whose name and value stand in `bytes`.
    mutating func addField(_ name: Range<Int>, value: Range<Int>) {
        let mark = Self.mark(
            count: name.count, first: bytes[name.lowerBound], middle: bytes[name.lowerBound + name.count / 2],
            last: bytes[name.upperBound - 1])
        fields.append(
            Field(
                nameStart: Int32(truncatingIfNeeded: name.lowerBound), nameCount: Int32(truncatingIfNeeded: name.count),
                valueStart: Int32(truncatingIfNeeded: value.lowerBound),
                valueCount: Int32(truncatingIfNeeded: value.count), mark: mark))
    }

    /// Room for the fields that most answers have, taken once.
    private mutating func reserveForAnswer() {
        bytes.reserveCapacity(192)
        fields.reserveCapacity(6)
    }

    /// Replaces all lines of this name by one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    public mutating func remove(_ name: String) {
        let mark = Self.mark(of: name)
        let kept = fields.filter { !matches($0, name, mark) }
        if kept.count < fields.count { fields = kept }
    }

    /// Whether a list-valued field, such as `Connection`, names this token in any case.
    public func hasToken(_ name: String, _ token: String) -> Bool {
        all(name).contains { value in
            value.utf8.split(separator: .comma).contains { part in
                part.trimmingOptionalWhitespace.equalsIgnoringCase(token.utf8)
            }
        }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements {
            add(name, value)
        }
    }
}

extension HTTPHeaders: Sequence {
    /// The lines as they came.
    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var index = 0
        return AnyIterator {
            guard index < fields.count else { return nil }
            defer { index += 1 }
            let field = fields[index]
            return (string(field.nameStart, field.nameCount), string(field.valueStart, field.valueCount))
        }
    }
}

extension HTTPHeaders: Equatable {
    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension HTTPHeaders: CustomStringConvertible {
    public var description: String {
        map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }
}

extension HTTPHeaders {
    /// Forgets the fields but keeps the memory, which the next request of the connection uses again
    /// unless somebody still holds this one.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
    }

    func string(_ start: Int32, _ count: Int32) -> String {
        String(decoding: bytes[Int(start)..<Int(start + count)], as: UTF8.self)
    }

    /// Length, first, middle and last letter of a name: names that differ in all else are rare, and compared in full.
    static func mark(of name: String) -> UInt32 {
        let letters = name.utf8
        guard let first = letters.first, let last = letters.last else { return 0 }
        let middle = letters[letters.index(letters.startIndex, offsetBy: letters.count / 2)]
        return mark(count: letters.count, first: first, middle: middle, last: last)
    }

    private static func mark(count: Int, first: UInt8, middle: UInt8, last: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: count) << 24 | UInt32(first.lowercased) << 16 | UInt32(middle.lowercased) << 8
            | UInt32(last.lowercased)
    }

    private func value(of name: String) -> String? {
        let mark = Self.mark(of: name)
        guard let first = fields.firstIndex(where: { matches($0, name, mark) }) else { return nil }
        var value = string(fields[first].valueStart, fields[first].valueCount)
        for field in fields[(first + 1)...] where matches(field, name, mark) {
            value += ", " + string(field.valueStart, field.valueCount)
        }
        return value
    }

    private func matches(_ field: Field, _ name: String, _ mark: UInt32) -> Bool {
        guard field.mark == mark, Int(field.nameCount) == name.utf8.count else { return false }
        var index = Int(field.nameStart)
        for byte in name.utf8 {
            guard bytes[index].lowercased == byte.lowercased else { return false }
            index += 1
        }
        return true
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte)
    }
}
