import CKernels

/// Reads int32 or int64 elements as integers.
struct IndexReader {
    private let pointer: UnsafeRawPointer
    private let isWide: Bool

    init(_ indices: Tensor) {
        pointer = indices.pointer
        isWide = indices.dtype == .int64
    }

    @inline(__always) subscript(place: Int) -> Int {
        isWide
            ? Int(pointer.load(fromByteOffset: place &* 8, as: Int64.self))
            : Int(pointer.load(fromByteOffset: place &* 4, as: Int32.self))
    }
}

extension Kernels {
    /// Copies rows along one axis: `x [outer, limit, inner]` at `indices [batches, count]` to
    /// `y [outer, count, inner]`; outer is a multiple of the number of batches, and each has its own indices.
    public static func gatherRows(
        _ x: Tensor, at indices: Tensor, into y: inout TensorBuffer, outer: Int, limit: Int, inner: Int, batches: Int,
        operator name: @autoclosure () -> String
    ) throws(TensorError) {
        guard y.elementCount > 0 else { return try check(indices, below: limit, operator: name()) }
        let count = indices.elementCount / batches
        let bytes = inner * x.dtype.byteCount
        let reader = IndexReader(indices)
        var target = y.pointer
        for row in 0..<outer {
            let source = x.pointer + row * limit * bytes
            let first = row * batches / outer * count
            for place in first..<first + count {
                let index = reader[place]
                guard index >= 0 && index < limit else {
                    throw .indexOutOfRange(operator: name(), index: index, limit: limit)
                }
                target.copyMemory(from: source + index * bytes, byteCount: bytes)
                target += bytes
            }
        }
    }

    /// Adds the rows of `values [outer, count, inner]` at their `indices [batches, count]` to
    /// `y [outer, limit, inner]`.
    public static func addRows(
        _ values: Tensor, at indices: Tensor, of y: inout TensorBuffer, outer: Int = 1, limit: Int, inner: Int,
        batches: Int = 1, operator name: @autoclosure () -> String
    ) throws(TensorError) {
        guard values.elementCount > 0 else { return try check(indices, below: limit, operator: name()) }
        let count = indices.elementCount / batches
        let bytes = inner * values.dtype.byteCount
        let reader = IndexReader(indices)
        guard let add = BinaryKernel.add.choice(Int32(values.dtype.rawValue)) else {
            preconditionFailure("no loop for \(values.dtype)")
        }
        var source = values.pointer
        for row in 0..<outer {
            let target = y.pointer + row * limit * bytes
            let first = row * batches / outer * count
            for place in first..<first + count {
                let index = reader[place]
                guard index >= 0 && index < limit else {
                    throw .indexOutOfRange(operator: name(), index: index, limit: limit)
                }
                let line = target + index * bytes
                add(line, 1, source, 1, line, inner, 0, 0)
                source += bytes
            }
        }
    }

    /// Adds rows along the first axis.
    public static func addRows(
        _ values: Tensor, at indices: Tensor, of y: inout TensorBuffer, operator name: @autoclosure () -> String
    ) throws(TensorError) {
        try addRows(
            values, at: indices, of: &y, limit: y.shape[0], inner: y.shape.dropFirst().elementCount, operator: name())
    }

    /// Writes rows along the first axis; of rows with one index the last remains.
    public static func writeRows(
        _ values: Tensor, at indices: Tensor, of y: inout TensorBuffer, operator name: @autoclosure () -> String
    ) throws(TensorError) {
        try check(indices, below: y.shape[0], operator: name())
        let bytes = y.shape.dropFirst().elementCount * y.dtype.byteCount
        let reader = IndexReader(indices)
        for place in 0..<indices.elementCount {
            (y.pointer + reader[place] * bytes).copyMemory(from: values.pointer + place * bytes, byteCount: bytes)
        }
    }

    /// Each row of y becomes the sum of all rows of x with the same index.
    public static func sumRepeatedRows(_ x: Tensor, _ indices: Tensor, into y: inout TensorBuffer) {
        let count = indices.elementCount
        guard count > 0 else { return }
        let inner = x.elementCount / count
        let bytes = inner * x.dtype.byteCount
        let reader = IndexReader(indices)
        guard let add = BinaryKernel.add.choice(Int32(x.dtype.rawValue)) else {
            preconditionFailure("no loop for \(x.dtype)")
        }
        y.pointer.copyMemory(from: x.pointer, byteCount: y.spec.byteCount)
        // The first row with an index collects the others, and then they copy it.
        var first: [Int: Int] = [:]
        var leaders = [Int](repeating: 0, count: count)
        for place in 0..<count {
            let leader = first[reader[place]] ?? place
            leaders[place] = leader
            if leader == place {
                first[reader[place]] = place
            } else {
                let line = y.pointer + leader * bytes
                add(line, 1, x.pointer + place * bytes, 1, line, inner, 0, 0)
            }
        }
        for place in 0..<count where leaders[place] != place {
            (y.pointer + place * bytes).copyMemory(from: y.pointer + leaders[place] * bytes, byteCount: bytes)
        }
    }

    /// Refuses the first index that is not in `0 ..< limit`.
    public static func check(
        _ indices: Tensor, below limit: Int, operator name: @autoclosure () -> String
    ) throws(TensorError) {
        let reader = IndexReader(indices)
        for place in 0..<indices.elementCount {
            let index = reader[place]
            guard index >= 0 && index < limit else {
                throw .indexOutOfRange(operator: name(), index: index, limit: limit)
            }
        }
    }

    /// Writes one element at `y[o, indices[o, i], i]`, where there is such a place in `y [outer, limit, inner]`.
    public static func writeAtPlaces(
        _ element: Tensor, at indices: Tensor, of y: inout TensorBuffer, limit: Int, inner: Int
    ) {
        let reader = IndexReader(indices)
        let size = y.dtype.byteCount
        for place in 0..<indices.elementCount {
            let index = reader[place]
            guard index >= 0 && index < limit else { continue }
            let target = (place / inner * limit + index) * inner + place % inner
            (y.pointer + target * size).copyMemory(from: element.pointer, byteCount: size)
        }
    }

    /// Coordinates `indices [n..., k]` of the first k axes as places in row-major order, int64 `[n]`.
    public static func flatIndices(
        _ indices: Tensor, in shape: Shape, operator name: @autoclosure () -> String
    ) throws(TensorError) -> Tensor {
        let depth = indices.shape[indices.rank - 1]
        let count = indices.shape.dropLast().elementCount
        let flat = try Tensor(uninitialized: TensorSpec(try Shape(checking: [count]), .int64))
        let target = flat.buffer.pointer(to: Int64.self)
        let reader = IndexReader(indices)
        for place in 0..<count {
            var index = 0
            for axis in 0..<depth {
                let coordinate = reader[place * depth + axis]
                guard coordinate >= 0 && coordinate < shape[axis] else {
                    throw .indexOutOfRange(operator: name(), index: coordinate, limit: shape[axis])
                }
                index = index * shape[axis] + coordinate
            }
            target[place] = Int64(index)
        }
        return flat
    }

    /// `y[o, p, i] = x[o, indices[o, p, i], i]` for `x [outer, limit, inner]` and `indices [outer, count, inner]`.
    public static func takeElements(
        _ x: Tensor, at indices: Tensor, into y: inout TensorBuffer, limit: Int, count: Int, inner: Int,
        operator name: @autoclosure () -> String
    ) throws(TensorError) {
        let places = ElementPlaces(indices, limit: limit, count: count, inner: inner)
        switch x.dtype.byteCount {
        case 1: try places.take(from: x.pointer(to: UInt8.self), into: y.pointer(to: UInt8.self), name())
        case 2: try places.take(from: x.pointer(to: UInt16.self), into: y.pointer(to: UInt16.self), name())
        case 4: try places.take(from: x.pointer(to: UInt32.self), into: y.pointer(to: UInt32.self), name())
        default: try places.take(from: x.pointer(to: UInt64.self), into: y.pointer(to: UInt64.self), name())
        }
    }

    /// `y[o, indices[o, p, i], i] += x[o, p, i]` for `y [outer, limit, inner]` of floats.
    public static func addElements(
        _ x: Tensor, at indices: Tensor, of y: inout TensorBuffer, limit: Int, count: Int, inner: Int,
        operator name: @autoclosure () -> String
    ) throws(TensorError) {
        let places = ElementPlaces(indices, limit: limit, count: count, inner: inner)
        if x.dtype == .float32 {
            try places.add(from: x.pointer(to: Float.self), into: y.pointer(to: Float.self), name())
        } else {
            try places.add(from: x.pointer(to: Double.self), into: y.pointer(to: Double.self), name())
        }
    }
}

/// Which element of a tensor `[outer, limit, inner]` each of the indices `[outer, count, inner]` names.
private struct ElementPlaces {
    private let reader: IndexReader
    private let elements: Int
    private let limit: Int
    private let count: Int
    private let inner: Int

    init(_ indices: Tensor, limit: Int, count: Int, inner: Int) {
        reader = IndexReader(indices)
        elements = indices.elementCount
        self.limit = limit
        self.count = count
        self.inner = inner
    }

    @inline(__always)
    private func forEach(
        _ name: @autoclosure () -> String, _ body: (Int, Int) -> Void
    ) throws(TensorError) {
        for element in 0..<elements {
            let index = reader[element]
            guard index >= 0 && index < limit else {
                throw .indexOutOfRange(operator: name(), index: index, limit: limit)
            }
            body(element, (element / (count * inner) * limit + index) * inner + element % inner)
        }
    }

    func take<Bits>(
        from x: UnsafePointer<Bits>, into y: UnsafeMutablePointer<Bits>, _ name: @autoclosure () -> String
    ) throws(TensorError) {
        try forEach(name()) { y[$0] = x[$1] }
    }

    func add<Scalar: BinaryFloatingPoint>(
        from x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, _ name: @autoclosure () -> String
    ) throws(TensorError) {
        try forEach(name()) { y[$1] += x[$0] }
    }
}
