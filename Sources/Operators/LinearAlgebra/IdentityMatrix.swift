import TensorCore

extension Tensor {
    /// Ones on the diagonal, zeros elsewhere.
    ///
    /// - Shapes: `batch` followed by `[rows, columns]`; columns are as many as rows unless they are given.
    /// - Throws: `TensorError.shapeTooLarge`, `.outOfMemory`.
    /// - Source: tf.eye (TensorFlow 1.8).
    public static func identityMatrix(
        _ rows: Int, columns: Int? = nil, batch: Shape = [], _ dtype: DType = .float32
    ) throws(TensorError) -> Tensor {
        let shape = try Shape(checking: batch.extents + [rows, columns ?? rows])
        let ones = try Tensor.ones(try Shape(checking: batch.extents + [Swift.min(rows, columns ?? rows)]), dtype)
        let matrix = try Tensor(uninitialized: TensorSpec(shape, dtype))
        var buffer = matrix.buffer
        DiagonalPartGradient().forward(ones, matrix, into: &buffer)
        return matrix
    }

    /// The numbers from `start` up to but without `end`, each `step` further.
    ///
    /// - Throws: `TensorError.invalidArgument` for a step of zero or a number that the dtype has not, `.shapeTooLarge`.
    /// - Source: tf.range (TensorFlow 1.8).
    public static func range(
        from start: Double = 0, to end: Double, by step: Double = 1, _ dtype: DType = .float32
    ) throws(TensorError) -> Tensor {
        guard step != 0, start.isFinite, end.isFinite, step.isFinite else {
            throw .invalidArgument(operator: "range", message: "no numbers from \(start) to \(end) by \(step)")
        }
        let count = Swift.max(0, ((end - start) / step).rounded(.up))
        guard count <= Double(Shape.extentMax) else { throw .shapeTooLarge(extents: []) }
        return try series(Int(count), dtype) { start + Double($0) * step }
    }

    /// `count` numbers from `start` to `end`, both included, at equal distances.
    ///
    /// - Throws: `TensorError.invalidArgument` for fewer than one.
    /// - Source: tf.linspace (TensorFlow 1.8).
    public static func linearSpace(
        from start: Double, to end: Double, count: Int, _ dtype: DType = .float32
    ) throws(TensorError) -> Tensor {
        guard count >= 1, count <= Shape.extentMax else {
            throw .invalidArgument(operator: "linearSpace", message: "\(count) numbers")
        }
        let step = count == 1 ? 0 : (end - start) / Double(count - 1)
        return try series(count, dtype) { $0 == count - 1 && count > 1 ? end : start + Double($0) * step }
    }

    private static func series(
        _ count: Int, _ dtype: DType, _ number: (Int) -> Double
    ) throws(TensorError) -> Tensor {
        let wide = try Tensor(uninitialized: TensorSpec(Shape([count]), .float64))
        let target = wide.buffer.pointer(to: Double.self)
        for place in 0..<count { target[place] = number(place) }
        return try Cast(dtype: dtype).evaluate(wide)
    }
}
