import TensorCore

/// A gated recurrent unit over whole sequences: `h ← z ⊙ h + (1 − z) ⊙ g`, with gates z and r and, where the reset gate comes
/// after the product, `g = act(xg + r ⊙ (h · Rg + b₁))`, else `g = act(xg + (r ⊙ h) · Rg)`.
///
/// Masks, directions and hidden outputs as in ``LSTM``: the gates, the products that the reset gate meets, and with a mask the
/// states.
///
/// - Shapes: as ``RecurrentLayer`` with three gates z, r, g, h `[batch, units]`; `bias [3 · units]`, or `[2, 3 · units]` where
///   the gate comes after the product, the second row for the state's → outputs `[batch, steps, units]`, the last h.
/// - Source: Cho and others, *Learning phrase representations using RNN encoder-decoder* (2014); tf.keras.layers.GRU.
struct GRU: Operator {
    let layer: RecurrentLayer
    let resetsAfter: Bool

    var hiddenOutputs: Int { layer.hasMask ? 3 : 2 }

    /// The inputs by name: x, kernel, recurrent, h, then the bias and the mask where there are some.
    struct Inputs<Value> {
        let x, kernel, recurrent, h: Value
        let bias, mask: Value?

        init(_ inputs: [Value], _ layer: RecurrentLayer) {
            (x, kernel, recurrent, h) = (inputs[0], inputs[1], inputs[2], inputs[3])
            bias = layer.hasBias ? inputs[4] : nil
            mask = layer.hasMask ? inputs[layer.hasBias ? 5 : 4] : nil
        }
    }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let given = Inputs(inputs, layer)
        let resetsAfter = resetsAfter
        let units = try layer.check(
            x: given.x, kernel: given.kernel, recurrent: given.recurrent, bias: given.bias,
            biasShape: { resetsAfter ? [2, $0 * 3] : [$0 * 3] }, states: [given.h], mask: given.mask, gates: 3,
            operator: name)
        let x = given.x
        let sequence = x.with([x.shape[0], x.shape[1], units])
        return [
            sequence, x.with([x.shape[0], units]), x.with([x.shape[0], x.shape[1], units * 3]), sequence,
        ] + (layer.hasMask ? [sequence] : [])
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let given = Inputs(inputs, layer)
        let units = given.recurrent.shape[0]
        let recurrence = layer.recurrence(given.x.spec, units: units)
        try layer.multiplyInputs(given.x, given.kernel, bias: given.bias?.pointer, into: outputs[2].pointer)
        let states = outputs[layer.hasMask ? 4 : 0].pointer
        try Kernels.runGRU(
            recurrence,
            memory(
                given, gates: outputs[2].pointer, products: outputs[3].pointer, states: states,
                outputs: outputs[0].pointer))
        copyLast(states, initial: given.h, into: outputs[1], steps: recurrence.steps, units: units)
    }

    func memory(
        _ given: Inputs<Tensor>, gates: UnsafeMutableRawPointer, products: UnsafeMutableRawPointer,
        states: UnsafeMutableRawPointer, outputs: UnsafeMutableRawPointer
    ) -> Kernels.GRUMemory {
        // The second row of the bias belongs to the state's products.
        let rowBytes = given.kernel.shape[1] * given.kernel.dtype.byteCount
        return Kernels.GRUMemory(
            gates: gates, products: products, states: states, outputs: outputs, recurrent: given.recurrent.pointer,
            recurrentBias: resetsAfter ? given.bias.map { $0.pointer + rowBytes } : nil, initial: given.h.pointer,
            mask: given.mask?.pointer(to: Bool.self), resetsAfter: resetsAfter)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let arrived = Array(pass.outputGradients.prefix(2))
        guard arrived.contains(where: { $0 != nil }) else { return pass.inputs.map { _ in nil } }
        let hidden = Array(pass.outputs.dropFirst(2))
        let states = layer.hasMask ? hidden[2] : pass.outputs[0]
        let op = GRUGradient(gru: self, arrives: arrived.map { $0 != nil }, needsInput: pass.needed[0])
        let found = try apply(
            op, to: pass.inputs + [hidden[0], hidden[1], states] + arrived.compactMap { $0 })
        let gradients: [Tensor?] = (op.needsInput ? [] : [nil]) + found
        return gradients + (layer.hasMask ? [nil] : [])
    }

    /// The same function of other operators, for second derivatives: outputs and h.
    func composed(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        let given = Inputs(inputs, layer)
        let units = given.recurrent.shape[0]
        let thirds = Array(repeating: units, count: 3)
        var h = given.h
        var outputs: [Tensor] = []
        let steps = try layer.steps(of: given.x)
        let masks = try layer.masks(given.mask, count: steps.count)
        let recurrent = try split(given.recurrent, sizes: thirds, axis: 1)
        let biases = try given.bias.map { bias throws(TensorError) in
            resetsAfter ? try unstack(bias, axis: 0) : [bias]
        }
        for (x, mask) in zip(steps, masks) {
            var sums = try matmul(x, given.kernel)
            if let bias = biases?[0] { sums = try sums + bias }
            let parts = try split(sums, sizes: thirds, axis: 1)
            let reset: Tensor
            let update: Tensor
            let third: Tensor
            if resetsAfter {
                var products = try matmul(h, given.recurrent)
                if let bias = biases?[1] { products = try products + bias }
                let state = try split(products, sizes: thirds, axis: 1)
                update = try layer.gateActivation.applied(to: parts[0] + state[0])
                reset = try layer.gateActivation.applied(to: parts[1] + state[1])
                third = try parts[2] + reset * state[2]
            } else {
                update = try layer.gateActivation.applied(to: parts[0] + matmul(h, recurrent[0]))
                reset = try layer.gateActivation.applied(to: parts[1] + matmul(h, recurrent[1]))
                third = try parts[2] + matmul(reset * h, recurrent[2])
            }
            let state = try update * h + (1 - update) * layer.activation.applied(to: third)
            let step = try layer.masked(mask, new: [state], old: [h], output: state, last: outputs.last)
            h = step.states[0]
            outputs.append(step.output)
        }
        return [try stack(outputs, axis: 1), h]
    }
}

/// The gradient of ``GRU`` as one operator: of its inputs, gates, products and states, and what arrives at its results.
struct GRUGradient: Operator {
    let gru: GRU
    /// At which of the two results something arrives.
    let arrives: [Bool]
    let needsInput: Bool

    private var layer: RecurrentLayer { gru.layer }
    private var inputCount: Int { 4 + (layer.hasBias ? 1 : 0) + (layer.hasMask ? 1 : 0) }

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] {
        (needsInput ? [inputs[0]] : []) + inputs[1..<(layer.hasBias ? 5 : 4)]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let given = GRU.Inputs(Array(inputs.prefix(inputCount)), layer)
        let (gates, products, states) = (inputs[inputCount], inputs[inputCount + 1], inputs[inputCount + 2])
        var rest = inputs.dropFirst(inputCount + 3).makeIterator()
        let arrived = arrives.map { $0 ? rest.next() : nil }
        let units = given.recurrent.shape[0]
        let recurrence = layer.recurrence(given.x.spec, units: units)
        let rows = recurrence.batch * recurrence.steps
        let first = needsInput ? 1 : 0
        let dh = outputs[first + 2]
        copyOrClear(arrived[1], into: dh)
        let dgates = try Tensor(uninitialized: gates.spec)
        let dproducts = gru.resetsAfter ? try Tensor(uninitialized: gates.spec) : dgates
        // The memory is only read on the way back.
        let memory = gru.memory(
            given, gates: gates.buffer.pointer, products: products.buffer.pointer, states: states.buffer.pointer,
            outputs: states.buffer.pointer)
        try Kernels.runGRUBackward(
            recurrence, memory, arrived: arrived[0]?.pointer, dgates: dgates.buffer.pointer,
            dproducts: gru.resetsAfter ? dproducts.buffer.pointer : nil, dh: dh.pointer)
        if needsInput {
            try Kernels.multiplyMatrices(
                dgates.pointer, transposed: false, given.kernel.pointer, transposed: true, into: outputs[0].pointer,
                m: rows, k: 3 * units, n: given.x.shape[2], dtype: given.x.dtype, product: .fast)
        }
        try layer.multiplyTurned(
            given.x.pointer, columns: given.x.shape[2], dgates, rows: rows, width: 3 * units,
            into: outputs[first].pointer)
        let before = try Tensor(uninitialized: states.spec)
        Kernels.statesBefore(
            recurrence, initial: given.h.pointer, states: states.pointer, into: before.buffer.pointer)
        try layer.multiplyTurned(
            before.pointer, columns: units, dproducts, rows: rows, width: 3 * units, into: outputs[first + 1].pointer)
        if !gru.resetsAfter {
            // g's product was of the state that the reset gate let through: its columns are computed again.
            let third = try Tensor(uninitialized: given.recurrent.spec)
            try layer.multiplyTurned(
                products.pointer, columns: units, dgates, rows: rows, width: 3 * units, into: third.buffer.pointer)
            copyThirdColumns(from: third, to: outputs[first + 1], units: units)
        }
        if layer.hasBias { addBias(dgates, dproducts, rows: rows, units: units, into: outputs[first + 3]) }
        withExtendedLifetime((dgates, dproducts, before)) {}
    }

    private func copyThirdColumns(from source: Tensor, to target: TensorBuffer, units: Int) {
        let size = source.dtype.byteCount
        for row in 0..<units {
            let place = (row * 3 + 2) * units * size
            (target.pointer + place).copyMemory(from: source.pointer + place, byteCount: units * size)
        }
    }

    private func addBias(_ dgates: Tensor, _ dproducts: Tensor, rows: Int, units: Int, into bias: TensorBuffer) {
        let row = TensorSpec([3 * units], dgates.dtype)
        var first = TensorBuffer(pointer: bias.pointer, spec: row)
        layer.sumRows(dgates, rows: rows, columns: 3 * units, into: &first)
        guard gru.resetsAfter else { return }
        var second = TensorBuffer(pointer: bias.pointer + row.byteCount, spec: row)
        layer.sumRows(dproducts, rows: rows, columns: 3 * units, into: &second)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        try gradientsOfFusedGradient(
            pass, inputs: inputCount, hidden: 3, arrives: arrives,
            places: Array((needsInput ? 0 : 1)..<(layer.hasBias ? 5 : 4)), composed: gru.composed)
    }
}

/// A GRU over whole sequences; shapes and errors as in ``GRU``, parameters as for
/// ``lstm(_:kernel:recurrent:bias:states:mask:goesBackwards:activation:recurrentActivation:)``.
///
/// - Parameter resetsAfter: whether the reset gate comes after the state's product rather than before.
public func gru(
    _ x: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor? = nil, state: Tensor? = nil, mask: Tensor? = nil,
    resetsAfter: Bool = false, goesBackwards: Bool = false, activation: OutputActivation = .tanh,
    recurrentActivation: OutputActivation = .sigmoid
) throws(TensorError) -> RecurrentResult {
    let layer = RecurrentLayer(
        activation: activation, gateActivation: recurrentActivation, goesBackwards: goesBackwards,
        hasBias: bias != nil, hasMask: mask != nil)
    let h = if let state { state } else { try zeroState(x, recurrent) }
    let inputs = [x, kernel, recurrent, h, bias, mask].compactMap { $0 }
    let results = try apply(GRU(layer: layer, resetsAfter: resetsAfter), to: inputs)
    return RecurrentResult(outputs: results[0], states: [results[1]])
}

/// One step of a GRU: `x [batch, inputs]` → h `[batch, units]`; the rest as in ``GRU``.
public func gruStep(
    _ x: Tensor, h: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor? = nil, resetsAfter: Bool = false,
    activation: OutputActivation = .tanh, recurrentActivation: OutputActivation = .sigmoid
) throws(TensorError) -> Tensor {
    try gru(
        expandDimensions(x, axes: [1]), kernel: kernel, recurrent: recurrent, bias: bias, state: h,
        resetsAfter: resetsAfter, activation: activation, recurrentActivation: recurrentActivation
    ).states[0]
}
