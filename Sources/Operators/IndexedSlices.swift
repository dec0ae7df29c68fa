import TensorCore

/// Some rows of a tensor that is zero elsewhere: the gradient of a table of which a few rows were read.
///
/// Row `i` of ``values`` belongs to row `indices[i]` of the dense tensor; values with the same index add up.
///
/// - Source: tf.IndexedSlices (TensorFlow 1.8).
public struct IndexedSlices: Sendable {
    /// `[rows, ...]`
    public let values: Tensor
    /// `[rows]`, int32 or int64.
    public let indices: Tensor
    /// The shape of the dense tensor.
    public let denseShape: Shape
    /// A tensor of the dense shape, for when that is not known before the run; its elements do not matter.
    private let reference: Tensor?

    /// - Parameters:
    ///   - indices: of any shape.
    ///   - values: the shape of `indices` followed by that of one row.
    ///   - reference: the tensor whose gradient this is.
    public init(values: Tensor, indices: Tensor, like reference: Tensor) throws(TensorError) {
        guard reference.rank > 0 else {
            throw .rankTooSmall(operator: "IndexedSlices", minimum: 1, received: reference.shape)
        }
        denseShape = reference.shape
        self.reference = reference.shape.isKnown ? nil : reference
        if indices.rank == 1 {
            self.indices = indices
            self.values = values
        } else {
            self.indices = try reshape(indices, [-1])
            self.values = try joinLeadingAxes(values, indices.rank, of: indices)
        }
    }

    private init(values: Tensor, indices: Tensor, denseShape: Shape, reference: Tensor?) {
        self.values = values
        self.indices = indices
        self.denseShape = denseShape
        self.reference = reference
    }

    public var dtype: DType { values.dtype }

    /// The tensor with zeros in all other rows.
    public func dense() throws(TensorError) -> Tensor {
        try apply(
            DenseFromSlices(shape: reference == nil ? denseShape : nil),
            to: [values, indices] + (reference.map { [$0] } ?? []))[0]
    }

    /// For each position the sum of all values that have its index: what an update that is not a sum needs. Repeated
    /// indices then come with equal rows, so that the order in which rows are written does not matter.
    public func totals() throws(TensorError) -> (values: Tensor, indices: Tensor) {
        (try apply(SumRepeatedRows(), to: values, indices), indices)
    }

    /// The slices of both.
    func joined(with other: IndexedSlices) throws(TensorError) -> IndexedSlices {
        let same = indices.dtype == other.indices.dtype
        let left = same ? indices : try cast(indices, to: .int64)
        let right = same ? other.indices : try cast(other.indices, to: .int64)
        return IndexedSlices(
            values: try concatenate([values, other.values]), indices: try concatenate([left, right]),
            denseShape: denseShape, reference: reference)
    }

    /// The slices with `change` applied to their values, which must keep their shape.
    public func mapValues(_ change: (Tensor) throws(TensorError) -> Tensor) throws(TensorError) -> IndexedSlices {
        IndexedSlices(values: try change(values), indices: indices, denseShape: denseShape, reference: reference)
    }
}

/// `values` with its first `count` axes, which are those of `indices`, made one.
private func joinLeadingAxes(_ values: Tensor, _ count: Int, of indices: Tensor) throws(TensorError) -> Tensor {
    let row = values.shape.dropFirst(count)
    if count == 0 { return try expandDimensions(values, axes: [0]) }
    guard row.isKnown else { throw .symbolic(operator: "IndexedSlices of rows of unknown extents") }
    if row.elementCount == 0 {
        guard indices.shape.isKnown else { throw .symbolic(operator: "IndexedSlices of empty rows") }
        return try reshape(values, [indices.elementCount] + row.extents)
    }
    return try reshape(values, [-1] + row.extents)
}

/// The tensor that slices stand for.
///
/// - Shapes: `values [rows, ...]`, `indices [rows]` → `shape`, or that of a third input, whose elements do not matter.
/// - Throws: `TensorError.indexOutOfRange`.
struct DenseFromSlices: Operator {
    let shape: Shape?

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (values, indices) = (inputs[0], inputs[1])
        let dense = shape ?? inputs[2].shape
        try requireNumbers(values.dtype, operator: name)
        try requireIndices(indices.dtype, operator: name)
        guard indices.rank == 1, values.rank == dense.rank, dense.rank > 0,
            values.shape.replacing(0, with: indices.shape[0]).accepts(values.shape),
            values.shape.dropFirst().accepts(dense.dropFirst())
        else {
            throw .shapeMismatch(
                operator: name, left: dense, right: values.shape,
                rule: "the values are rows of the dense tensor, one for each of the indices \(indices.shape)")
        }
        return [values.with(dense)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        outputs[0].pointer.initializeMemory(as: UInt8.self, repeating: 0, count: outputs[0].spec.byteCount)
        try Kernels.addRows(inputs[0], at: inputs[1], of: &outputs[0], operator: name)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let found = pass.needed[0] ? try gather(pass.gradient(at: 0), pass.inputs[1]) : nil
        return [found] + pass.inputs.dropFirst().map { _ in nil }
    }
}

/// Each row becomes the sum of all rows that have its index.
///
/// - Shapes: `values [rows, ...]`, `indices [rows]` → that of the values.
struct SumRepeatedRows: BinaryOperator {
    func outputSpec(_ values: TensorSpec, _ indices: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireNumbers(values.dtype, operator: name)
        try requireIndices(indices.dtype, operator: name)
        guard indices.rank == 1, values.rank > 0, indices.shape.accepts(values.shape[0..<1]) else {
            throw .shapeMismatch(
                operator: name, left: values.shape, right: indices.shape, rule: "there is one index for each row")
        }
        return values
    }

    func forward(_ values: Tensor, _ indices: Tensor, into y: inout TensorBuffer) {
        Kernels.sumRepeatedRows(values, indices, into: &y)
    }

    /// A row's gradient is the sum over all rows that it went into: those with its index.
    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(SumRepeatedRows(), to: dz, y) : nil, nil)
    }
}
