import TensorCore

// Tensors as objects: {"dtype": "float32", "shape": [2, 3], "data": [flat, row-major] or "base64": "little-endian"}.

extension JSONReader {
    static let tensorKeys = ["dtype", "shape", "data", "base64"]

    /// Whether what comes next is an object in the form of one tensor, rather than a map of named ones.
    ///
    /// - Parameter names: the names that a map would have here; an object with just such keys is a map.
    public func isTensorObject(amongInputs names: [String] = []) throws(JSONError) -> Bool {
        guard let keys = try peekKeys(limit: 5), !keys.isEmpty, keys.count <= 4 else { return false }
        guard keys.allSatisfy({ JSONReader.tensorKeys.contains($0) }) else { return false }
        guard keys.contains("data") || keys.contains("base64") else { return false }
        return !keys.allSatisfy { names.contains($0) }
    }

    /// Reads a tensor object; `dtype` holds where it names none.
    mutating func tensorObject(dtype: DType) throws(JSONError) -> Tensor {
        let start = offset
        var members = TensorMembers(dtype: dtype)
        var keys = JSONKeyRegister()
        try open(.object)
        while try next(in: .object, first: keys.isEmpty) {
            let text = try key()
            let name = string(text)
            guard keys.insert(text, from: self) else { throw error(.duplicateKey(name), at: text.range.lowerBound) }
            switch name {
            case "dtype": members.dtype = try namedDType()
            case "shape": members.shape = try givenShape()
            case "data": members.data = try mark()
            case "base64": members.base64 = try mark()
            default: throw error(.unknownKey(name, known: JSONReader.tensorKeys), at: text.range.lowerBound)
            }
        }
        switch (members.data, members.base64) {
        case (var data?, nil): return try data.elements(members)
        case (nil, var base64?): return try base64.decodedElements(members, start: start)
        case (nil, nil): throw error(.missingKey("data"), at: start)
        default: throw error(.invalidValue(expected: "data or base64", found: "both"), at: start)
        }
    }

    // MARK: - Helpers

    private struct TensorMembers {
        var dtype: DType
        var shape: [Int]?
        var data: JSONReader?
        var base64: JSONReader?
    }

    /// Passes over the next value and returns a reader that still stands before it.
    private mutating func mark() throws(JSONError) -> JSONReader {
        let before = self
        try skip()
        return before
    }

    private mutating func namedDType() throws(JSONError) -> DType {
        _ = nextByte()
        let place = offset
        let name = try string()
        guard let dtype = DType(name: name) else {
            let known = DType.allCases.map(\.name).joined(separator: ", ")
            throw error(.invalidValue(expected: "a dtype (\(known))", found: quoted(name)), at: place)
        }
        return dtype
    }

    private mutating func givenShape() throws(JSONError) -> [Int] {
        var shape: [Int] = []
        try open(.array)
        while try next(in: .array, first: shape.isEmpty) {
            _ = nextByte()
            let place = offset
            let extent = try int()
            guard extent >= 0, extent <= Shape.extentMax, shape.count < Shape.rankMax else {
                throw error(
                    .invalidValue(
                        expected: "at most \(Shape.rankMax) extents from 0 to \(Shape.extentMax)", found: "\(extent)"),
                    at: place)
            }
            shape.append(extent)
        }
        return shape
    }

    private mutating func elements(_ members: TensorMembers) throws(JSONError) -> Tensor {
        _ = nextByte()
        let place = offset
        if try peek() == .object {
            throw error(.wrongType(expected: "an array of elements", found: Kind.object.rawValue))
        }
        let tensor = try tensor(dtype: members.dtype)
        guard let extents = members.shape else { return tensor }
        let shape = Shape(extents)
        // Flat, or in that very shape. An empty array says nothing of its other extents.
        guard tensor.elementCount == shape.elementCount, tensor.rank <= 1 || tensor.shape == shape else {
            throw error(
                .countMismatch(expected: shape.elementCount, found: tensor.elementCount, shape: extents), at: place)
        }
        return tensor.viewed(as: shape)
    }

    private mutating func decodedElements(_ members: TensorMembers, start: Int) throws(JSONError) -> Tensor {
        guard let extents = members.shape else { throw error(.missingKey("shape"), at: start) }
        _ = nextByte()
        let place = offset
        try expect(.string)
        let text = try scanString()
        let spec = TensorSpec(Shape(extents), members.dtype)
        let tensor = try withUTF8(text) { (characters) throws(JSONError) -> Tensor in
            let count = Base64.decodedCount(characters)
            guard count == spec.byteCount else {
                let found = count / spec.dtype.byteCount
                throw error(.countMismatch(expected: spec.elementCount, found: found, shape: extents), at: place)
            }
            guard count <= limits.tensorBytesMax, let tensor = try? Tensor(uninitialized: spec) else {
                throw error(.tooLarge(bytesMax: limits.tensorBytesMax), at: place)
            }
            let target = UnsafeMutableRawBufferPointer(start: tensor.buffer.pointer, count: count)
            guard Base64.decode(characters, into: target) == nil else {
                throw error(.invalidValue(expected: "base64", found: "another character"), at: place)
            }
            return tensor
        }
        if spec.dtype == .bool, tensor.withUnsafeBytes({ $0.contains { $0 > 1 } }) {
            throw error(.invalidValue(expected: "bools as bytes 0 and 1", found: "another byte"), at: place)
        }
        return tensor
    }

    /// Lets `body` see the bytes that a string stands for, without a copy where there are no escapes.
    private func withUTF8<Result>(
        _ text: JSONText, _ body: (UnsafeRawBufferPointer) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard text.hasEscapes else { return try body(UnsafeRawBufferPointer(rebasing: bytes[text.range])) }
        return try ByteRegion(copying: utf8(text)).withUnsafeBytes(body)
    }
}
