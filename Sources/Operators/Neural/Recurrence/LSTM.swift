import TensorCore

/// A long short-term memory over whole sequences: the input's products of all steps at once, then step by step
/// `c ← σ(f) ⊙ c + σ(i) ⊙ act(g)`, `h ← σ(o) ⊙ act(c)` with `[i, f, g, o] = x · kernel + h · recurrent + bias`.
///
/// A step that the mask leaves out keeps the states and repeats the output before it, zeros at first. Backwards, outputs come
/// in the order of processing. Hidden outputs: the gates, the cells, and with a mask the states.
///
/// - Shapes: as ``RecurrentLayer``, h and c `[batch, units]`, `bias [4 · units]` → outputs `[batch, steps, units]`, the last
///   h and c.
/// - Source: Hochreiter and Schmidhuber, *Long short-term memory* (1997); gates in the order of tf.keras.layers.LSTM.
struct LSTM: Operator {
    let layer: RecurrentLayer

    var hiddenOutputs: Int { layer.hasMask ? 3 : 2 }

    /// The inputs by name: x, kernel, recurrent, h, c, then the bias and the mask where there are some.
    struct Inputs<Value> {
        let x, kernel, recurrent, h, c: Value
        let bias, mask: Value?

        init(_ inputs: [Value], _ layer: RecurrentLayer) {
            (x, kernel, recurrent, h, c) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
            bias = layer.hasBias ? inputs[5] : nil
            mask = layer.hasMask ? inputs[layer.hasBias ? 6 : 5] : nil
        }
    }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let given = Inputs(inputs, layer)
        let units = try layer.check(
            x: given.x, kernel: given.kernel, recurrent: given.recurrent, bias: given.bias,
            biasShape: { [$0 * 4] }, states: [given.h, given.c], mask: given.mask, gates: 4, operator: name)
        let x = given.x
        let sequence = x.with([x.shape[0], x.shape[1], units])
        let state = x.with([x.shape[0], units])
        return [sequence, state, state, x.with([x.shape[0], x.shape[1], units * 4]), sequence]
            + (layer.hasMask ? [sequence] : [])
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let given = Inputs(inputs, layer)
        let units = given.recurrent.shape[0]
        let recurrence = layer.recurrence(given.x.spec, units: units)
        try layer.multiplyInputs(given.x, given.kernel, bias: given.bias?.pointer, into: outputs[3].pointer)
        let states = outputs[layer.hasMask ? 5 : 0].pointer
        try Kernels.runLSTM(
            recurrence, gates: outputs[3].pointer, recurrent: given.recurrent.pointer,
            initial: (given.h.pointer, given.c.pointer), mask: given.mask?.pointer(to: Bool.self),
            outputs: outputs[0].pointer, states: states, cells: outputs[4].pointer)
        copyLast(states, initial: given.h, into: outputs[1], steps: recurrence.steps, units: units)
        copyLast(outputs[4].pointer, initial: given.c, into: outputs[2], steps: recurrence.steps, units: units)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        // What arrives at hidden outputs belongs to a second derivative, which the composed form gives.
        let arrived = Array(pass.outputGradients.prefix(3))
        guard arrived.contains(where: { $0 != nil }) else { return pass.inputs.map { _ in nil } }
        let hidden = Array(pass.outputs.dropFirst(3))
        let states = layer.hasMask ? hidden[2] : pass.outputs[0]
        let op = LSTMGradient(lstm: self, arrives: arrived.map { $0 != nil }, needsInput: pass.needed[0])
        let found = try apply(
            op, to: pass.inputs + [hidden[0], hidden[1], states] + arrived.compactMap { $0 })
        // The input's gradient comes first where it is needed; no gradient for the mask.
        let gradients: [Tensor?] = (op.needsInput ? [] : [nil]) + found
        return gradients + (layer.hasMask ? [nil] : [])
    }

    /// The same function of other operators, for second derivatives: outputs, h and c.
    func composed(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        let given = Inputs(inputs, layer)
        let units = given.recurrent.shape[0]
        var (h, c) = (given.h, given.c)
        var outputs: [Tensor] = []
        let steps = try layer.steps(of: given.x)
        let masks = try layer.masks(given.mask, count: steps.count)
        for (x, mask) in zip(steps, masks) {
            var sums = try matmul(x, given.kernel) + matmul(h, given.recurrent)
            if let bias = given.bias { sums = try sums + bias }
            let parts = try split(sums, sizes: Array(repeating: units, count: 4), axis: 1)
            let gate = layer.gateActivation
            let cell =
                try gate.applied(to: parts[1]) * c
                + gate.applied(to: parts[0]) * layer.activation.applied(to: parts[2])
            let state = try gate.applied(to: parts[3]) * layer.activation.applied(to: cell)
            let step = try layer.masked(mask, new: [state, cell], old: [h, c], output: state, last: outputs.last)
            (h, c) = (step.states[0], step.states[1])
            outputs.append(step.output)
        }
        return [try stack(outputs, axis: 1), h, c]
    }
}

/// The gradient of ``LSTM`` as one operator: of its inputs, gates, cells and states, and what arrives at its results.
struct LSTMGradient: Operator {
    let lstm: LSTM
    /// At which of the three results something arrives.
    let arrives: [Bool]
    let needsInput: Bool

    private var layer: RecurrentLayer { lstm.layer }
    private var inputCount: Int { 5 + (layer.hasBias ? 1 : 0) + (layer.hasMask ? 1 : 0) }

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] {
        (needsInput ? [inputs[0]] : []) + inputs[1..<(layer.hasBias ? 6 : 5)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let given = LSTM.Inputs(Array(inputs.prefix(inputCount)), layer)
        let (gates, cells, states) = (inputs[inputCount], inputs[inputCount + 1], inputs[inputCount + 2])
        let arrived = arrivals(inputs)
        let units = given.recurrent.shape[0]
        let recurrence = layer.recurrence(given.x.spec, units: units)
        let rows = recurrence.batch * recurrence.steps
        let (dh, dc) = (outputs[needsInput ? 3 : 2], outputs[needsInput ? 4 : 3])
        copyOrClear(arrived[1], into: dh)
        copyOrClear(arrived[2], into: dc)
        let dgates = try Tensor(uninitialized: gates.spec)
        try Kernels.runLSTMBackward(
            recurrence, gates: gates.pointer, recurrent: given.recurrent.pointer, initialCell: given.c.pointer,
            mask: given.mask?.pointer(to: Bool.self), cells: cells.pointer, arrived: arrived[0]?.pointer,
            dgates: dgates.buffer.pointer, dh: dh.pointer, dc: dc.pointer)
        if needsInput {
            try Kernels.multiplyMatrices(
                dgates.pointer, transposed: false, given.kernel.pointer, transposed: true, into: outputs[0].pointer,
                m: rows, k: 4 * units, n: given.x.shape[2], dtype: given.x.dtype, product: .fast)
        }
        let first = needsInput ? 1 : 0
        try layer.multiplyTurned(
            given.x.pointer, columns: given.x.shape[2], dgates, rows: rows, width: 4 * units,
            into: outputs[first].pointer)
        let before = try Tensor(uninitialized: states.spec)
        Kernels.statesBefore(
            recurrence, initial: given.h.pointer, states: states.pointer, into: before.buffer.pointer)
        try layer.multiplyTurned(
            before.pointer, columns: units, dgates, rows: rows, width: 4 * units, into: outputs[first + 1].pointer)
        if layer.hasBias { layer.sumRows(dgates, rows: rows, columns: 4 * units, into: &outputs[first + 4]) }
        withExtendedLifetime((dgates, before)) {}
    }

    /// What arrives at each of the three results, nil for nothing.
    private func arrivals(_ inputs: [Tensor]) -> [Tensor?] {
        var rest = inputs.dropFirst(inputCount + 3).makeIterator()
        return arrives.map { $0 ? rest.next() : nil }
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        try gradientsOfFusedGradient(
            pass, inputs: inputCount, hidden: 3, arrives: arrives,
            places: Array((needsInput ? 0 : 1)..<(layer.hasBias ? 6 : 5)), composed: lstm.composed)
    }
}

/// The last step of `[batch, steps, units]`, or the initial state where there are no steps.
func copyLast(
    _ sequence: UnsafeMutableRawPointer, initial: Tensor, into state: TensorBuffer, steps: Int, units: Int
) {
    guard steps > 0 else { return copyOrClear(initial, into: state) }
    let bytes = units * state.dtype.byteCount
    for row in 0..<state.shape[0] {
        (state.pointer + row * bytes).copyMemory(
            from: sequence + (row * steps + steps - 1) * bytes, byteCount: bytes)
    }
}

/// The tensor's elements, or zeros.
func copyOrClear(_ tensor: Tensor?, into buffer: TensorBuffer) {
    if let tensor {
        buffer.pointer.copyMemory(from: tensor.pointer, byteCount: buffer.spec.byteCount)
        withExtendedLifetime(tensor) {}
    } else {
        buffer.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.spec.byteCount)
    }
}

/// A recurrent layer's results.
public struct RecurrentResult: Sendable {
    /// `[batch, steps, units]`, in the order of processing.
    public let outputs: Tensor
    /// After the last step; an LSTM has h and c, a GRU h.
    public let states: [Tensor]
}

/// An LSTM over whole sequences; shapes and errors as in ``LSTM``.
///
/// - Parameters:
///   - states: h and c to begin with; zeros by default.
///   - mask: which steps to take, bool `[batch, steps]`; all by default.
public func lstm(
    _ x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor? = nil, states: (h: Tensor, c: Tensor)? = nil,
    mask: Tensor? = nil, goesBackwards: Bool = false, activation: OutputActivation = .tanh,
    recurrentActivation: OutputActivation = .sigmoid
) throws(TensorError) -> RecurrentResult {
    let layer = RecurrentLayer(
        activation: activation, gateActivation: recurrentActivation, goesBackwards: goesBackwards,
        hasBias: bias != nil, hasMask: mask != nil)
    let zeros = states == nil ? try zeroState(x, recurrent) : nil
    let inputs = [x, kernel, recurrent, states?.h ?? zeros, states?.c ?? zeros, bias, mask].compactMap { $0 }
    let results = try apply(LSTM(layer: layer), to: inputs)
    return RecurrentResult(outputs: results[0], states: [results[1], results[2]])
}

/// One step of an LSTM: `x [batch, inputs]` → h and c, `[batch, units]` each; the rest as in ``LSTM``.
public func lstmStep(
    _ x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor? = nil,
    activation: OutputActivation = .tanh, recurrentActivation: OutputActivation = .sigmoid
) throws(TensorError) -> (h: Tensor, c: Tensor) {
    let result = try lstm(
        expandDimensions(x, axes: [1]), kernel: kernel, recurrent: recurrent, bias: bias, states: (h, c),
        activation: activation, recurrentActivation: recurrentActivation)
    return (result.states[0], result.states[1])
}
