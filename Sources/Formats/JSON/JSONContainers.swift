// Objects and arrays, element by element.

extension JSONReader {
    /// Reads an object, calling `body` with each key while the reader stands before its value. A value that `body`
    /// leaves unread is passed over. A key that occurs twice is refused.
    public mutating func object(_ body: (_ key: String, _ reader: inout JSONReader) throws -> Void) throws {
        var keys = JSONKeyRegister()
        try open(.object)
        while try next(in: .object, first: keys.isEmpty) {
            let text = try key()
            guard keys.insert(text, from: self) else {
                throw error(.duplicateKey(string(text)), at: text.range.lowerBound)
            }
            let start = offset
            try body(string(text), &self)
            if offset == start { try skip() }
        }
    }

    /// Reads an array, calling `body` with each index while the reader stands before the element. An element that
    /// `body` leaves unread is passed over.
    public mutating func array(_ body: (_ index: Int, _ reader: inout JSONReader) throws -> Void) throws {
        var index = 0
        try open(.array)
        while try next(in: .array, first: index == 0) {
            let start = offset
            try body(index, &self)
            if offset == start { try skip() }
            index += 1
        }
    }

    /// The first keys of the object that comes next, at most `limit` of them, without consuming anything; nil when
    /// what comes next is no object.
    public func peekKeys(limit: Int) throws(JSONError) -> [String]? {
        var ahead = self
        guard try ahead.peek() == .object else { return nil }
        var keys: [String] = []
        try ahead.open(.object)
        while keys.count < limit, try ahead.next(in: .object, first: keys.isEmpty) {
            keys.append(ahead.string(try ahead.key()))
            if keys.count < limit { try ahead.skip() }
        }
        return keys
    }
}

// MARK: - Steps

extension JSONReader {
    /// Enters an object or an array.
    mutating func open(_ kind: Kind) throws(JSONError) {
        try expect(kind)
        guard depth < limits.depthMax else { throw error(.tooDeep(limit: limits.depthMax)) }
        offset += 1
        depth += 1
    }

    /// Moves to the next element or member; false once the container is closed.
    mutating func next(in kind: Kind, first: Bool) throws(JSONError) -> Bool {
        let close = UInt8(ascii: kind == .object ? "}" : "]")
        let found = nextByte()
        if found == close {
            offset += 1
            depth -= 1
            return false
        }
        if first {
            if kind == .object && found != UInt8(ascii: "\"") { throw unexpected("a key or '}'") }
            return true
        }
        guard found == UInt8(ascii: ",") else { throw unexpected(kind == .object ? "',' or '}'" : "',' or ']'") }
        offset += 1
        if kind == .object && nextByte() != UInt8(ascii: "\"") { throw unexpected("a key") }
        return true
    }

    /// Reads a key and the colon behind it, up to the value.
    mutating func key() throws(JSONError) -> JSONText {
        let key = try scanString()
        guard nextByte() == UInt8(ascii: ":") else { throw unexpected("':'") }
        offset += 1
        if nextByte() == nil { throw unexpected("a value") }
        return key
    }

    /// Passes over the members of the object, or the elements of the array, that comes next.
    mutating func skipContainer(_ kind: Kind) throws(JSONError) {
        var isFirst = true
        try open(kind)
        while try next(in: kind, first: isFirst) {
            isFirst = false
            if kind == .object { _ = try key() }
            try skip()
        }
    }
}

/// The keys that an object has had so far.
///
/// The usual few keys are compared as they stand in the text; only larger objects, and keys with escapes, cost memory.
struct JSONKeyRegister {
    private var offsets = SIMD8<Int>()
    private var lengths = SIMD8<Int>()
    private var count = 0
    /// All keys by their bytes, once they are too many or not plain.
    private var others: Set<[UInt8]>?

    var isEmpty: Bool { count == 0 && others == nil }

    /// Adds a key; false when it was there already.
    mutating func insert(_ key: JSONText, from reader: JSONReader) -> Bool {
        if others == nil {
            if !key.hasEscapes && count < 8 { return insertPlain(key.range, in: reader.bytes) }
            others = Set((0..<count).map { Array(reader.bytes[offsets[$0]..<offsets[$0] + lengths[$0]]) })
        }
        return others?.insert(reader.utf8(key)).inserted ?? false
    }

    private mutating func insertPlain(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<count where lengths[index] == range.count {
            let other = offsets[index]..<offsets[index] + range.count
            if bytes[other].elementsEqual(bytes[range]) { return false }
        }
        offsets[count] = range.lowerBound
        lengths[count] = range.count
        count += 1
        return true
    }
}
