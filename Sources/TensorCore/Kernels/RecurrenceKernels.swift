import CKernels

/// What a recurrent layer does over whole sequences, beside the elements.
public struct Recurrence: Sendable {
    public let batch: Int
    public let steps: Int
    public let units: Int
    public let activation: OutputActivation
    public let gateActivation: OutputActivation
    /// Whether the last step comes first; results are in the order of processing.
    public let goesBackwards: Bool
    public let dtype: DType

    public init(
        batch: Int, steps: Int, units: Int, activation: OutputActivation, gateActivation: OutputActivation,
        goesBackwards: Bool, dtype: DType
    ) {
        self.batch = batch
        self.steps = steps
        self.units = units
        self.activation = activation
        self.gateActivation = gateActivation
        self.goesBackwards = goesBackwards
        self.dtype = dtype
    }

    fileprivate var isDouble: Bool { dtype == .float64 }
    fileprivate var size: Int { dtype.byteCount }

    /// Which step of the input is the `number`th to be processed.
    fileprivate func place(_ number: Int) -> Int { goesBackwards ? steps - 1 - number : number }

    /// The memory of step `step` in rows of `[batch, steps, width]`, from row `first` on.
    fileprivate func rows(_ memory: UnsafeMutableRawPointer, step: Int, width: Int, from first: Int) -> ck_rows {
        ck_rows(at: memory + (first * steps + step) * width * size, step: steps * width)
    }

    /// Rows of `[batch, width]`, from row `first` on.
    fileprivate func rows(_ memory: UnsafeMutableRawPointer, width: Int, from first: Int) -> ck_rows {
        ck_rows(at: memory + first * width * size, step: width)
    }

    fileprivate func cell(rows: Int, mask: UnsafePointer<Bool>?, step: Int, from first: Int) -> ck_cell {
        ck_cell(
            rows: rows, units: units, is_double: isDouble ? 1 : 0, activation: activation.number,
            gate_activation: gateActivation.number,
            mask: mask.map { UnsafeRawPointer($0 + first * steps + step).assumingMemoryBound(to: UInt8.self) },
            mask_step: steps)
    }

    /// Runs `body` for ranges of the batch. Sequences do not see each other and products do not depend on companions, so
    /// that the cut never shows; it is one range for each thread, since every range reads all weights at every step.
    fileprivate func forEachRange(
        multiplyAdds: Int, scratchByteCount: Int, _ body: @Sendable (Range<Int>, UnsafeMutableRawPointer) -> Void
    ) throws(TensorError) {
        let shares =
            multiplyAdds < ComputePool.splitMultiplyAdds
            ? 1 : max(1, min(ComputePool.shared.availableThreads, batch / 4))
        try ComputePool.shared.forEach(shares: shares, scratchByteCount: scratchByteCount) { share, scratch in
            body(ComputePool.range(share, of: shares, count: batch), scratch)
        }
    }
}

extension OutputActivation {
    /// As `CKernels` numbers them.
    var number: Int32 {
        switch self {
        case .linear: Int32(CK_LINEAR_ACTIVATION)
        case .relu: Int32(CK_RELU_ACTIVATION)
        case .tanh: Int32(CK_TANH_ACTIVATION)
        case .sigmoid: Int32(CK_SIGMOID_ACTIVATION)
        case .hardSigmoid: Int32(CK_HARD_SIGMOID_ACTIVATION)
        }
    }
}

/// A matrix laid out once for the products of all steps.
private struct PackedMatrix: ~Copyable {
    private let packed: Scratch
    private let inner: Int
    private let columns: Int
    private let isDouble: Bool
    private let level = ck_level()

    /// y [inner, columns] whose rows lie `rowStep` apart; with `turned` it is stored `[columns, inner]`, columns apart by
    /// `rowStep`.
    init(
        _ y: UnsafeRawPointer, inner: Int, columns: Int, rowStep: Int, turned: Bool = false, isDouble: Bool
    ) throws(TensorError) {
        self.inner = inner
        self.columns = columns
        self.isDouble = isDouble
        var product = ck_product()
        product.y = y
        product.y_row_stride = turned ? 1 : rowStep
        product.y_column_stride = turned ? rowStep : 1
        product.k = inner
        product.n = columns
        product.level = level
        packed = try Scratch(byteCount: ck_product_packed_bytes(&product, isDouble ? 1 : 0))
        if isDouble { ck_product_pack_f64(&product, packed.pointer) } else { ck_product_pack_f32(&product, packed.pointer) }
    }

    /// What multiplies rows with it, into or onto other rows.
    var multiplier: PackedMultiplier {
        PackedMultiplier(packed: packed.pointer, inner: inner, columns: columns, isDouble: isDouble, level: level)
    }
}

private struct PackedMultiplier: @unchecked Sendable {
    // Sendable because it only reads what its matrix keeps alive.
    let packed: UnsafeMutableRawPointer
    let inner: Int
    let columns: Int
    let isDouble: Bool
    let level: Int32

    func callAsFunction(
        _ x: ck_rows, count: Int, into z: ck_rows, adding: Bool, bias: UnsafeRawPointer? = nil
    ) {
        var product = ck_product()
        product.x = UnsafeRawPointer(x.at)
        product.x_stride = x.step
        product.whole = ck_run(offset: 0, length: inner)
        product.y_column_stride = 1
        product.y_packed = UnsafeRawPointer(packed)
        product.z = z.at
        product.z_stride = z.step
        product.m = count
        product.k = inner
        product.n = columns
        product.bias = bias
        product.accumulate = adding ? 1 : 0
        product.level = level
        (isDouble ? ck_product_f64 : ck_product_f32)(&product, 0, count, 0, columns, nil)
    }
}

extension Kernels {
    /// Runs an LSTM. Gates come in the order i, f, g, o.
    ///
    /// - Parameters:
    ///   - gates: `[batch, steps, 4 units]`: what the input's product and the bias give each step; becomes the gates.
    ///   - recurrent: `[units, 4 units]`.
    ///   - initial: h and c before the first step, `[batch, units]`.
    ///   - mask: `[batch, steps]`, where a step is to be left out; nil for none.
    ///   - outputs: `[batch, steps, units]`; a step that is left out repeats the output before it.
    ///   - states, cells: h and c after each step, `[batch, steps, units]`; states may be the outputs without a mask.
    /// - Throws: `TensorError.outOfMemory`.
    public static func runLSTM(
        _ recurrence: Recurrence, gates: UnsafeMutableRawPointer, recurrent: UnsafeRawPointer,
        initial: (h: UnsafeRawPointer, c: UnsafeRawPointer), mask: UnsafePointer<Bool>?,
        outputs: UnsafeMutableRawPointer, states: UnsafeMutableRawPointer, cells: UnsafeMutableRawPointer
    ) throws(TensorError) {
        let (units, steps) = (recurrence.units, recurrence.steps)
        guard recurrence.batch > 0, steps > 0, units > 0 else { return }
        let matrix = try PackedMatrix(
            recurrent, inner: units, columns: 4 * units, rowStep: 4 * units, isDouble: recurrence.isDouble)
        let multiply = matrix.multiplier
        nonisolated(unsafe) let (gates, outputs, states, cells, mask) = (gates, outputs, states, cells, mask)
        nonisolated(unsafe) let before = (
            h: UnsafeMutableRawPointer(mutating: initial.h), c: UnsafeMutableRawPointer(mutating: initial.c)
        )
        let work = (recurrence.batch * steps).multipliedSaturating(by: 4 * units * units)
        try recurrence.forEachRange(multiplyAdds: work, scratchByteCount: 64) { range, _ in
            let first = range.lowerBound
            for number in 0..<steps {
                let place = recurrence.place(number)
                let gate = recurrence.rows(gates, step: place, width: 4 * units, from: first)
                let (h, c) =
                    number == 0
                    ? (
                        recurrence.rows(before.h, width: units, from: first),
                        recurrence.rows(before.c, width: units, from: first)
                    )
                    : (
                        recurrence.rows(states, step: number - 1, width: units, from: first),
                        recurrence.rows(cells, step: number - 1, width: units, from: first)
                    )
                multiply(h, count: range.count, into: gate, adding: true)
                var cell = recurrence.cell(rows: range.count, mask: mask, step: place, from: first)
                ck_lstm_step(
                    &cell, gate, c, recurrence.rows(cells, step: number, width: units, from: first), h,
                    recurrence.rows(states, step: number, width: units, from: first))
                if mask != nil { recurrence.repeatOutputs(range, number, states: states, mask: mask, outputs: outputs) }
            }
        }
        _ = consume matrix
    }

    /// The way back of ``runLSTM(_:gates:recurrent:initial:mask:outputs:states:cells:)``.
    ///
    /// - Parameters:
    ///   - arrived: what arrives at the outputs `[batch, steps, units]`, or nil for nothing.
    ///   - dgates: `[batch, steps, 4 units]`, what arrives at the gates' products.
    ///   - dh, dc: what arrives at the last h and c; become what arrives at the first.
    /// - Throws: `TensorError.outOfMemory`.
    public static func runLSTMBackward(
        _ recurrence: Recurrence, gates: UnsafeRawPointer, recurrent: UnsafeRawPointer, initialCell: UnsafeRawPointer,
        mask: UnsafePointer<Bool>?, cells: UnsafeRawPointer, arrived: UnsafeRawPointer?,
        dgates: UnsafeMutableRawPointer, dh: UnsafeMutableRawPointer, dc: UnsafeMutableRawPointer
    ) throws(TensorError) {
        let (units, steps) = (recurrence.units, recurrence.steps)
        guard recurrence.batch > 0, steps > 0, units > 0 else { return }
        let matrix = try PackedMatrix(
            recurrent, inner: 4 * units, columns: units, rowStep: 4 * units, turned: true, isDouble: recurrence.isDouble)
        let multiply = matrix.multiplier
        nonisolated(unsafe) let (dgates, dh, dc, mask, arrived) = (dgates, dh, dc, mask, arrived)
        nonisolated(unsafe) let gates = UnsafeMutableRawPointer(mutating: gates)
        nonisolated(unsafe) let cells = UnsafeMutableRawPointer(mutating: cells)
        nonisolated(unsafe) let before = UnsafeMutableRawPointer(mutating: initialCell)
        let work = (recurrence.batch * steps).multipliedSaturating(by: 4 * units * units)
        let carryBytes = recurrence.batch * units * recurrence.size
        try recurrence.forEachRange(multiplyAdds: work, scratchByteCount: carryBytes) { range, scratch in
            let first = range.lowerBound
            let (state, carried) = (
                recurrence.rows(dh, width: units, from: first), recurrence.rows(dc, width: units, from: first)
            )
            var carry = OutputCarry(recurrence, range, memory: scratch)
            for number in (0..<steps).reversed() {
                let place = recurrence.place(number)
                if let arrived { carry.add(arrived, number, place, mask: mask, to: state) }
                let dgate = recurrence.rows(dgates, step: place, width: 4 * units, from: first)
                var cell = recurrence.cell(rows: range.count, mask: mask, step: place, from: first)
                ck_lstm_step_back(
                    &cell, recurrence.rows(gates, step: place, width: 4 * units, from: first),
                    number == 0
                        ? recurrence.rows(before, width: units, from: first)
                        : recurrence.rows(cells, step: number - 1, width: units, from: first),
                    recurrence.rows(cells, step: number, width: units, from: first), state, carried, dgate)
                // In rows that do not take the step the state's gradient stays, and their dgates are zero.
                if mask == nil {
                    multiply(dgate, count: range.count, into: state, adding: false)
                } else {
                    recurrence.clearTaken(range, place, mask: mask, state)
                    multiply(dgate, count: range.count, into: state, adding: true)
                }
            }
        }
        _ = consume matrix
    }

    /// The states before each step, in the order of the input's steps: `[batch, steps, units]`.
    public static func statesBefore(
        _ recurrence: Recurrence, initial: UnsafeRawPointer, states: UnsafeRawPointer,
        into result: UnsafeMutableRawPointer
    ) {
        let bytes = recurrence.units * recurrence.size
        for sequence in 0..<recurrence.batch {
            for number in 0..<recurrence.steps {
                let from =
                    number == 0
                    ? initial + sequence * bytes : states + (sequence * recurrence.steps + number - 1) * bytes
                (result + (sequence * recurrence.steps + recurrence.place(number)) * bytes)
                    .copyMemory(from: from, byteCount: bytes)
            }
        }
    }
}

extension Recurrence {
    /// A step that is left out repeats the output before it, zeros at first.
    fileprivate func repeatOutputs(
        _ range: Range<Int>, _ number: Int, states: UnsafeMutableRawPointer, mask: UnsafePointer<Bool>?,
        outputs: UnsafeMutableRawPointer
    ) {
        guard let mask else { return }
        let bytes = units * size
        for sequence in range {
            let to = outputs + (sequence * steps + number) * bytes
            if mask[sequence * steps + place(number)] {
                to.copyMemory(from: states + (sequence * steps + number) * bytes, byteCount: bytes)
            } else if number == 0 {
                to.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            } else {
                to.copyMemory(from: to - bytes, byteCount: bytes)
            }
        }
    }

    /// Zeros in the rows that take the step.
    fileprivate func clearTaken(_ range: Range<Int>, _ place: Int, mask: UnsafePointer<Bool>?, _ rows: ck_rows) {
        guard let mask else { return }
        for (row, sequence) in range.enumerated() where mask[sequence * steps + place] {
            (rows.at + row * rows.step * size).initializeMemory(as: UInt8.self, repeating: 0, count: units * size)
        }
    }
}

/// What arrives at the outputs on the way back. That of a step which was left out belongs to the output it repeated.
private struct OutputCarry {
    private let recurrence: Recurrence
    private let range: Range<Int>
    private let memory: UnsafeMutableRawPointer

    init(_ recurrence: Recurrence, _ range: Range<Int>, memory: UnsafeMutableRawPointer) {
        self.recurrence = recurrence
        self.range = range
        self.memory = memory
        memory.initializeMemory(
            as: UInt8.self, repeating: 0, count: range.count * recurrence.units * recurrence.size)
    }

    /// Adds what arrived at step `number` to the state's gradient, or keeps it for an earlier step.
    mutating func add(
        _ arrived: UnsafeRawPointer, _ number: Int, _ place: Int, mask: UnsafePointer<Bool>?, to state: ck_rows
    ) {
        let (units, steps, size) = (recurrence.units, recurrence.steps, recurrence.size)
        for (row, sequence) in range.enumerated() {
            let from = arrived + (sequence * steps + number) * units * size
            let to = state.at + row * state.step * size
            let isTaken = mask.map { $0[sequence * steps + place] } ?? true
            let kept = memory + row * units * size
            if isTaken { sum(from, into: to) }
            guard mask != nil else { continue }
            if isTaken {
                sum(UnsafeRawPointer(kept), into: to)
                kept.initializeMemory(as: UInt8.self, repeating: 0, count: units * size)
            } else {
                sum(from, into: kept)
            }
        }
    }

    private func sum(_ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer) {
        guard let loop = BinaryKernel.add.choice(Int32(recurrence.dtype.rawValue)) else { return }
        loop(x, 1, UnsafeRawPointer(y), 1, y, recurrence.units, 0, 0)
    }
}

extension Kernels {
    /// What a GRU needs beside its input's products, and where it leaves what the way back needs.
    public struct GRUMemory: @unchecked Sendable {
        // Sendable because it only holds addresses, and ranges of the batch use different parts of what they point at.
        let gates: UnsafeMutableRawPointer
        let products: UnsafeMutableRawPointer
        let states: UnsafeMutableRawPointer
        let outputs: UnsafeMutableRawPointer
        let recurrent: UnsafeRawPointer
        let recurrentBias: UnsafeRawPointer?
        let initial: UnsafeMutableRawPointer
        let mask: UnsafePointer<Bool>?
        let resetsAfter: Bool

        /// - Parameters:
        ///   - gates: `[batch, steps, 3 units]`: the input's products and bias, in the order z, r, g; become the gates.
        ///   - products: `[batch, steps, units]`: what the state gave to g when the reset gate comes after the product,
        ///     else the state that the gate let through.
        ///   - recurrent: `[units, 3 units]`; `recurrentBias`: `[3 units]`, only where the gate comes after the product.
        ///   - states, outputs, mask: as for an LSTM.
        public init(
            gates: UnsafeMutableRawPointer, products: UnsafeMutableRawPointer, states: UnsafeMutableRawPointer,
            outputs: UnsafeMutableRawPointer, recurrent: UnsafeRawPointer, recurrentBias: UnsafeRawPointer?,
            initial: UnsafeRawPointer, mask: UnsafePointer<Bool>?, resetsAfter: Bool
        ) {
            self.gates = gates
            self.products = products
            self.states = states
            self.outputs = outputs
            self.recurrent = recurrent
            self.recurrentBias = recurrentBias
            self.initial = UnsafeMutableRawPointer(mutating: initial)
            self.mask = mask
            self.resetsAfter = resetsAfter
        }
    }

    /// Runs a GRU.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func runGRU(_ recurrence: Recurrence, _ memory: GRUMemory) throws(TensorError) {
        let (units, steps, size) = (recurrence.units, recurrence.steps, recurrence.size)
        guard recurrence.batch > 0, steps > 0, units > 0 else { return }
        let isDouble = recurrence.isDouble
        // The first columns are those of z and r; with the gate before the product, g has a product of its own.
        let openColumns = memory.resetsAfter ? 3 * units : 2 * units
        let open = try PackedMatrix(
            memory.recurrent, inner: units, columns: openColumns, rowStep: 3 * units, isDouble: isDouble)
        let close = try PackedMatrix(
            memory.recurrent + 2 * units * size, inner: units, columns: units, rowStep: 3 * units, isDouble: isDouble)
        let (multiplyOpen, multiplyClose) = (open.multiplier, close.multiplier)
        let work = (recurrence.batch * steps).multipliedSaturating(by: 3 * units * units)
        let sumBytes = recurrence.batch * openColumns * size
        try recurrence.forEachRange(multiplyAdds: work, scratchByteCount: sumBytes) { range, scratch in
            let first = range.lowerBound
            let sums = ck_rows(at: scratch, step: openColumns)
            for number in 0..<steps {
                let place = recurrence.place(number)
                let gate = recurrence.rows(memory.gates, step: place, width: 3 * units, from: first)
                let h =
                    number == 0
                    ? recurrence.rows(memory.initial, width: units, from: first)
                    : recurrence.rows(memory.states, step: number - 1, width: units, from: first)
                let next = recurrence.rows(memory.states, step: number, width: units, from: first)
                let product = recurrence.rows(memory.products, step: place, width: units, from: first)
                var cell = recurrence.cell(rows: range.count, mask: memory.mask, step: place, from: first)
                if memory.resetsAfter {
                    multiplyOpen(h, count: range.count, into: sums, adding: false, bias: memory.recurrentBias)
                    recurrence.spread(sums, count: range.count, to: gate, product)
                    ck_gru_step(&cell, gate, product, h, next)
                } else {
                    multiplyOpen(h, count: range.count, into: gate, adding: true)
                    ck_gru_open(&cell, gate, h, product)
                    let third = ck_rows(at: gate.at + 2 * units * size, step: gate.step)
                    multiplyClose(product, count: range.count, into: third, adding: true)
                    ck_gru_close(&cell, gate, h, next)
                }
                if memory.mask != nil {
                    recurrence.repeatOutputs(
                        range, number, states: memory.states, mask: memory.mask, outputs: memory.outputs)
                }
            }
        }
        _ = consume open
        _ = consume close
    }

    /// The way back of ``runGRU(_:_:)``, whose memory is as it was left.
    ///
    /// - Parameters:
    ///   - dgates: `[batch, steps, 3 units]`, what arrives at the input's products.
    ///   - dproducts: the same for the state's products; only where the reset gate comes after them.
    ///   - dh: what arrives at the last state; becomes what arrives at the first.
    /// - Throws: `TensorError.outOfMemory`.
    public static func runGRUBackward(
        _ recurrence: Recurrence, _ memory: GRUMemory, arrived: UnsafeRawPointer?, dgates: UnsafeMutableRawPointer,
        dproducts: UnsafeMutableRawPointer?, dh: UnsafeMutableRawPointer
    ) throws(TensorError) {
        let (units, steps, size) = (recurrence.units, recurrence.steps, recurrence.size)
        guard recurrence.batch > 0, steps > 0, units > 0 else { return }
        let isDouble = recurrence.isDouble
        let openColumns = memory.resetsAfter ? 3 * units : 2 * units
        let open = try PackedMatrix(
            memory.recurrent, inner: openColumns, columns: units, rowStep: 3 * units, turned: true, isDouble: isDouble)
        let close = try PackedMatrix(
            memory.recurrent + 2 * units * size, inner: units, columns: units, rowStep: 3 * units, turned: true,
            isDouble: isDouble)
        let (multiplyOpen, multiplyClose) = (open.multiplier, close.multiplier)
        nonisolated(unsafe) let (arrived, dgates, dproducts, dh) = (arrived, dgates, dproducts, dh)
        let work = (recurrence.batch * steps).multipliedSaturating(by: 3 * units * units)
        let rowBytes = recurrence.batch * units * size
        try recurrence.forEachRange(multiplyAdds: work, scratchByteCount: 2 * rowBytes) { range, scratch in
            let first = range.lowerBound
            let state = recurrence.rows(dh, width: units, from: first)
            let opened = ck_rows(at: scratch + rowBytes, step: units)
            var carry = OutputCarry(recurrence, range, memory: scratch)
            for number in (0..<steps).reversed() {
                let place = recurrence.place(number)
                if let arrived { carry.add(arrived, number, place, mask: memory.mask, to: state) }
                let gate = recurrence.rows(memory.gates, step: place, width: 3 * units, from: first)
                let product = recurrence.rows(memory.products, step: place, width: units, from: first)
                let h =
                    number == 0
                    ? recurrence.rows(memory.initial, width: units, from: first)
                    : recurrence.rows(memory.states, step: number - 1, width: units, from: first)
                let dgate = recurrence.rows(dgates, step: place, width: 3 * units, from: first)
                var cell = recurrence.cell(rows: range.count, mask: memory.mask, step: place, from: first)
                if memory.resetsAfter, let dproducts {
                    let through = recurrence.rows(dproducts, step: place, width: 3 * units, from: first)
                    ck_gru_step_back(&cell, gate, product, h, state, dgate, through)
                    multiplyOpen(through, count: range.count, into: state, adding: true)
                } else {
                    ck_gru_close_back(&cell, gate, h, state, dgate)
                    let third = ck_rows(at: dgate.at + 2 * units * size, step: dgate.step)
                    multiplyClose(third, count: range.count, into: opened, adding: false)
                    ck_gru_open_back(&cell, gate, h, opened, state, dgate)
                    multiplyOpen(dgate, count: range.count, into: state, adding: true)
                }
            }
        }
        _ = consume open
        _ = consume close
    }
}

extension Recurrence {
    /// Adds the first two thirds of the state's products to the gates, and puts the last one by itself.
    fileprivate func spread(_ sums: ck_rows, count: Int, to gates: ck_rows, _ products: ck_rows) {
        guard let add = BinaryKernel.add.choice(Int32(dtype.rawValue)) else { return }
        for row in 0..<count {
            let from = sums.at + row * sums.step * size
            let gate = gates.at + row * gates.step * size
            add(UnsafeRawPointer(from), 1, UnsafeRawPointer(gate), 1, gate, 2 * units, 0, 0)
            (products.at + row * products.step * size).copyMemory(
                from: from + 2 * units * size, byteCount: units * size)
        }
    }
}
