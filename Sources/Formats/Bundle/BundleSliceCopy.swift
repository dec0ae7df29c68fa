import TensorCore

extension Tensor {
    /// A copy of one part; nil when it does not lie inside, or there is no memory.
    public func part(_ slice: BundleSlice) -> Tensor? {
        guard let extents = slice.shape(within: shape.extents),
            let part = try? Tensor(uninitialized: spec.with(Shape(extents)))
        else { return nil }
        slice.forEachRun(shape: extents, within: shape.extents) { inPart, inFull, count in
            (part.buffer.pointer + inPart * dtype.byteCount)
                .copyMemory(from: pointer + inFull * dtype.byteCount, byteCount: count * dtype.byteCount)
        }
        return part
    }
}

extension BundleSlice {
    /// Copies a part, dense and of shape `part`, to its place in a tensor of shape `full`, run by run.
    func copy(
        _ source: UnsafeRawPointer, shape part: [Int], into target: UnsafeMutableRawPointer, shape full: [Int],
        _ dtype: DType
    ) {
        forEachRun(shape: part, within: full) { inPart, inFull, count in
            (target + inFull * dtype.byteCount)
                .copyMemory(from: source + inPart * dtype.byteCount, byteCount: count * dtype.byteCount)
        }
    }

    /// The elements that lie side by side both in the part and in the whole, as starts in each and a count.
    fileprivate func forEachRun(
        shape part: [Int], within full: [Int], _ body: (_ inPart: Int, _ inFull: Int, _ count: Int) -> Void
    ) {
        guard !part.contains(0) else { return }
        // Trailing axes that the part has in full belong to one run, and so does the axis before them.
        var axis = full.count
        var run = 1
        var inner = 1
        while axis > 0 {
            axis -= 1
            run *= part[axis]
            guard part[axis] == full[axis] else { break }
            inner *= full[axis]
        }
        var index = Array(repeating: 0, count: axis)
        let strides = full.indices.map { full[($0 + 1)...].reduce(1, *) }
        let total = part.reduce(1, *)
        let base = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
        var done = 0
        while done < total {
            let start = zip(index, strides).reduce(base) { $0 + $1.0 * $1.1 }
            body(done, start, run)
            done += run
            for position in index.indices.reversed() {
                index[position] += 1
                if index[position] < part[position] { break }
                index[position] = 0
            }
        }
    }
}
