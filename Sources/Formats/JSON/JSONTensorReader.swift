import CKernels
import TensorCore

extension JSONReader {
    /// Reads a tensor: a bare number or bool, nested arrays of them, or an object with `"dtype"`, `"shape"` and `"data"`
    /// or `"base64"`, which then decides itself.
    ///
    /// - Parameters:
    ///   - dtype: the type of the elements, to which each number is rounded once.
    ///   - expected: where a shape is expected, an empty array takes the extents that it cannot show from there:
    ///     `[]` for `[?, 8]` has shape `[0, 8]`. Anything else about it is the caller's to check.
    public mutating func tensor(dtype: DType, expecting expected: Shape? = nil) throws(JSONError) -> Tensor {
        switch try peekWhole() {
        case .object: return try tensorObject(dtype: dtype)
        case .array, .number, .bool, .string: break
        case .null: throw error(.wrongType(expected: "a tensor", found: Kind.null.rawValue))
        }
        var scan = TensorScan(dtype: dtype, reader: self)
        try scan.value(level: 0)
        self = scan.reader
        return try scan.finish(expecting: expected)
    }
}

/// One pass over nested arrays, elements straight into a tensor's memory.
private struct TensorScan {
    var reader: JSONReader
    let dtype: DType
    let start: Int
    /// The extent of each axis that an array has closed, −1 before.
    var extents: [Int] = []
    /// How many arrays the numbers lie in, once there was one.
    var rank: Int?
    var elements: GrowingElements

    init(dtype: DType, reader: JSONReader) {
        self.dtype = dtype
        self.reader = reader
        start = reader.offset
        elements = GrowingElements(dtype: dtype, bytesMax: reader.limits.tensorBytesMax)
    }

    func finish(expecting expected: Shape?) throws(JSONError) -> Tensor {
        var shape = Shape(extents)
        if let expected, shape.last == 0 {
            for axis in shape.rank..<max(shape.rank, expected.rank) { shape.append(max(0, expected[axis])) }
        }
        guard let tensor = elements.finished(shape) else {
            throw reader.error(.tooLarge(bytesMax: reader.limits.tensorBytesMax), at: start)
        }
        return tensor
    }

    /// Reads what stands at depth `level`: an array or one element.
    mutating func value(level: Int) throws(JSONError) {
        if reader.nextByte() == UInt8(ascii: "[") { return try array(level: level) }
        rank = level
        try reserve()
        if dtype != .bool, try reader.peek() == .number {
            try reader.readNumber(Int32(dtype.rawValue), dtype, into: elements.end)
        } else {
            try special()
        }
        elements.count += 1
    }

    private mutating func array(level: Int) throws(JSONError) {
        let start = reader.offset
        if let rank, level >= rank { throw reader.error(.raggedDepth(expected: "a number", found: "an array")) }
        guard level < Shape.rankMax else {
            throw reader.error(.invalidValue(expected: "at most \(Shape.rankMax) axes", found: "more"))
        }
        try reader.open(.array)
        if extents.count == level { extents.append(-1) }
        var count = 0
        if reader.nextByte() == UInt8(ascii: "[") {
            while try reader.next(in: .array, first: count == 0) {
                guard reader.nextByte() == UInt8(ascii: "[") else { throw try wrongElement(expected: "an array") }
                try array(level: level + 1)
                count += 1
            }
        } else {
            count = try row(level: level)
        }
        guard count <= Shape.extentMax else {
            throw reader.error(.tooLarge(bytesMax: reader.limits.tensorBytesMax), at: start)
        }
        if extents[level] >= 0 && extents[level] != count {
            throw reader.error(.ragged(expected: extents[level], found: count), at: start)
        }
        extents[level] = count
    }

    /// Reads the elements of an innermost array, whose bracket is open, and closes it.
    private mutating func row(level: Int) throws(JSONError) -> Int {
        if reader.nextByte() == UInt8(ascii: "]") {
            _ = try reader.next(in: .array, first: true)
            return 0
        }
        if extents.count > level + 1 { throw try wrongElement(expected: "an array") }
        rank = level + 1
        let before = elements.count
        while true {
            try reserve()
            let run = reader.readNumbers(dtype, into: elements.end, capacity: elements.room)
            elements.count += run.count
            reader.offset = reader.offset(of: run)
            switch Int(run.end) {
            case CK_RUN_ENDED:
                if try !reader.next(in: .array, first: false) { return elements.count - before }
            case CK_RUN_FULL: break
            case CK_RUN_OTHER:
                try special()
                elements.count += 1
                if try !reader.next(in: .array, first: false) { return elements.count - before }
            default: try reader.refuse(run, dtype)
            }
        }
    }

    /// Reads an element that is no number.
    private mutating func special() throws(JSONError) {
        let place = reader.offset
        switch try reader.peek() {
        case .bool where dtype == .bool:
            elements.end?.storeBytes(of: try reader.bool() ? 1 : 0, as: UInt8.self)
        case .string where dtype.isFloatingPoint:
            let text = try reader.string()
            guard let value = JSONReader.notFinite[text] else {
                throw reader.error(
                    .wrongType(expected: "a number, \"NaN\", \"Infinity\" or \"-Infinity\"", found: quoted(text)),
                    at: place)
            }
            store(value)
        default: throw try wrongElement(expected: dtype == .bool ? "true or false" : "a number")
        }
    }

    private func store(_ value: Float) {
        switch dtype {
        case .float64: elements.end?.storeBytes(of: Double(value), as: Double.self)
        case .float16: elements.end?.storeBytes(of: Float16Bits(value).bits, as: UInt16.self)
        case .bfloat16: elements.end?.storeBytes(of: BFloat16Bits(value).bits, as: UInt16.self)
        default: elements.end?.storeBytes(of: value, as: Float.self)
        }
    }

    /// What is wrong with the element that comes next: its kind, or, among arrays, its depth.
    private mutating func wrongElement(expected: String) throws(JSONError) -> JSONError {
        let found = try reader.peekWhole()
        let isDepth = (found == .array) != (expected == "an array") && found != .string && found != .null
        return reader.error(
            isDepth
                ? .raggedDepth(expected: expected, found: found.rawValue)
                : .wrongType(expected: expected, found: found.rawValue))
    }

    private mutating func reserve() throws(JSONError) {
        guard elements.room == 0 else { return }
        let read = reader.offset - start
        guard elements.grow(textRead: read, textLeft: reader.bytes.count - reader.offset) else {
            throw reader.error(.tooLarge(bytesMax: reader.limits.tensorBytesMax))
        }
    }
}

/// A tensor's memory while its size is not known yet.
private struct GrowingElements {
    let dtype: DType
    let bytesMax: Int
    var count = 0
    private var capacity = 0
    private var memory: Tensor?

    init(dtype: DType, bytesMax: Int) {
        self.dtype = dtype
        self.bytesMax = bytesMax
    }

    var room: Int { capacity - count }

    /// Where the next element goes.
    var end: UnsafeMutableRawPointer? { memory.map { $0.buffer.pointer + count * dtype.byteCount } }

    /// Makes room for what the rest of the text may hold, going by what it held so far; false when that is too much.
    mutating func grow(textRead: Int, textLeft: Int) -> Bool {
        let most = min(bytesMax / dtype.byteCount, Shape.extentMax)
        guard count < most else { return false }
        // A first row of numbers fits into a small tensor's own object; after that, the text says how long a number is.
        let likely = count == 0 ? 2048 / dtype.byteCount : count + count * (textLeft / max(textRead, 1) + 1) + 16
        // An element and its comma take two characters at the least.
        capacity = min(max(likely, count + count / 2), count + textLeft / 2 + 1, most)
        guard let larger = try? Tensor(uninitialized: TensorSpec([capacity], dtype)) else { return false }
        if let memory {
            larger.buffer.pointer.copyMemory(from: memory.pointer, byteCount: count * dtype.byteCount)
            withExtendedLifetime(memory) {}
        }
        memory = larger
        return true
    }

    /// The elements under their shape; nil when there is no memory.
    func finished(_ shape: Shape) -> Tensor? {
        (memory ?? (try? Tensor(uninitialized: TensorSpec(shape, dtype))))?.viewed(as: shape)
    }
}

extension JSONReader {
    /// What JSON has no numbers for.
    static let notFinite: [String: Float] = ["NaN": .nan, "Infinity": .infinity, "-Infinity": -.infinity]
}
