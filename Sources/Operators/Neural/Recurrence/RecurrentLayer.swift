import TensorCore

/// What the sequence operators of LSTM and GRU share.
///
/// - Shapes: `x [batch, steps, inputs]`, `kernel [inputs, gates · units]`, `recurrent [units, gates · units]`, states
///   `[batch, units]`, `mask [batch, steps]` of bool.
struct RecurrentLayer: Sendable, Hashable {
    let activation: OutputActivation
    let gateActivation: OutputActivation
    let goesBackwards: Bool
    let hasBias: Bool
    let hasMask: Bool

    /// - Throws: `TensorError.rankMismatch`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`.
    func check(
        x: TensorSpec, kernel: TensorSpec, recurrent: TensorSpec, bias: TensorSpec?, biasShape: (Int) -> Shape,
        states: [TensorSpec], mask: TensorSpec?, gates: Int, operator name: String
    ) throws(TensorError) -> Int {
        try requireFloats(x.dtype, operator: name)
        guard x.rank == 3 else {
            throw .rankMismatch(operator: name, expected: "sequences [batch, steps, inputs]", received: x.shape)
        }
        guard recurrent.rank == 2, recurrent.shape.isKnown else {
            throw .rankMismatch(
                operator: name, expected: "a recurrent kernel [units, \(gates) units]", received: recurrent.shape)
        }
        let units = recurrent.shape[0]
        let columns = units.multiplied(by: gates)
        let expected: [(TensorSpec, Shape, String)] =
            [
                (recurrent, [units, columns], "the recurrent kernel has \(gates) columns per unit"),
                (kernel, [x.shape[2], columns], "the kernel leads from the inputs to \(gates) columns per unit"),
            ] + states.map { ($0, [x.shape[0], units], "a state has one row per sequence and one column per unit") }
            + (bias.map { [($0, biasShape(units), "the bias has one element per column")] } ?? [])
        for (spec, shape, rule) in expected {
            guard spec.dtype == x.dtype else { throw .dtypeMismatch(operator: name, left: x.dtype, right: spec.dtype) }
            guard shape.accepts(spec.shape) else {
                throw .shapeMismatch(operator: name, left: shape, right: spec.shape, rule: rule)
            }
        }
        if let mask {
            guard mask.dtype == .bool else { throw .unsupportedDType(operator: "\(name) mask", received: mask.dtype) }
            guard x.shape.dropLast().accepts(mask.shape) else {
                throw .shapeMismatch(
                    operator: name, left: x.shape, right: mask.shape, rule: "the mask has one element per step")
            }
        }
        return units
    }

    func recurrence(_ x: TensorSpec, units: Int) -> Recurrence {
        Recurrence(
            batch: x.shape[0], steps: x.shape[1], units: units, activation: activation,
            gateActivation: gateActivation, goesBackwards: goesBackwards, dtype: x.dtype)
    }

    /// The input's products of all steps at once.
    func multiplyInputs(
        _ x: Tensor, _ kernel: Tensor, bias: UnsafeRawPointer?, into gates: UnsafeMutableRawPointer
    ) throws(TensorError) {
        try Kernels.multiplyMatrices(
            x.pointer, transposed: false, kernel.pointer, transposed: false, into: gates,
            m: x.shape[0] * x.shape[1], k: x.shape[2], n: kernel.shape[1], dtype: x.dtype, product: .exact, bias: bias)
    }

    /// `into` = columnwise sums of `gates`, `[rows, columns]`.
    func sumRows(_ gates: Tensor, rows: Int, columns: Int, into buffer: inout TensorBuffer) {
        Kernels.sum(gates, into: &buffer, outer: 1, middle: rows, inner: columns)
    }

    /// `xᵀ · y` over all rows of all sequences.
    func multiplyTurned(
        _ x: UnsafeRawPointer, columns: Int, _ y: Tensor, rows: Int, width: Int, into z: UnsafeMutableRawPointer
    ) throws(TensorError) {
        try Kernels.multiplyMatrices(
            x, transposed: true, y.pointer, transposed: false, into: z, m: columns, k: rows, n: width, dtype: y.dtype,
            product: .fast)
    }

    /// The steps of `x` in the order of processing, each `[batch, inputs]`, for the composed form.
    func steps(of x: Tensor) throws(TensorError) -> [Tensor] {
        guard x.shape[1] >= 0 else { throw .symbolic(operator: "a recurrent layer of unknown length") }
        let parts = try unstack(x, axis: 1)
        return goesBackwards ? parts.reversed() : parts
    }

    /// One step of the composed form: the new states where the mask says so, and the output.
    func masked(
        _ mask: Tensor?, new: [Tensor], old: [Tensor], output: Tensor, last: Tensor?
    ) throws(TensorError) -> (states: [Tensor], output: Tensor) {
        guard let mask else { return (new, output) }
        var states: [Tensor] = []
        for (new, old) in zip(new, old) { states.append(try select(mask, new, old)) }
        let before = if let last { last } else { try zerosLike(output) }
        return (states, try select(mask, output, before))
    }

    /// The masks of the steps in the order of processing, each `[batch, 1]`.
    func masks(_ mask: Tensor?, count: Int) throws(TensorError) -> [Tensor?] {
        guard let mask else { return Array(repeating: nil, count: count) }
        var parts: [Tensor?] = []
        for part in try unstack(mask, axis: 1) { parts.append(try expandDimensions(part, axes: [1])) }
        return goesBackwards ? parts.reversed() : parts
    }
}
