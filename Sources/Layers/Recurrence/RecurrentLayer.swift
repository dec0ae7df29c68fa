import Formats
import Operators
import TensorCore

/// A cell applied to the steps of sequences, one after the other.
///
/// Inputs after the first are the states to begin with, which may also be given as ``CallOptions/initialState``. A step that the
/// mask leaves out keeps the states and repeats the output before it, zeros at first.
///
/// - Shapes: `x [batch, steps, …]`, mask `[batch, steps]` → the last output `[batch, …]` or all `[batch, steps, …]`; then, where
///   they are asked for, the states.
/// - Source: tf.keras.layers.RNN.
public class RecurrentLayer: Layer {
    public let cell: RecurrentCell
    public let sequence: SequenceSettings
    /// The states between calls of a stateful layer. They are not among the layer's variables.
    public private(set) var states: [Variable] = []

    init(
        _ cell: RecurrentCell, as cellName: String?, _ sequence: SequenceSettings, isTrainable: Bool, dtype: DType?,
        name: String?
    ) {
        self.cell = cell
        self.sequence = sequence
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        inputSpecifications = [InputSpecification(rankMin: 3)]
        hold(cell, as: cellName)
    }

    /// - Parameter cell: made of the same configuration.
    init(_ configuration: LayerConfiguration, _ cell: RecurrentCell, as cellName: String?) throws {
        self.cell = cell
        sequence = try SequenceSettings(configuration)
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
        inputSpecifications = [InputSpecification(rankMin: 3)]
        hold(cell, as: cellName)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { sequence.write(&settings) }

    public override var accepts: CallArguments { [.training, .mask, .initialState] }
    public override var isStateful: Bool { sequence.isStateful }
    /// Where the batch does not come first, examples cannot be told apart by those who put batches together.
    public override var treatsExamplesAlone: Bool {
        !sequence.isStateful && !sequence.isTimeMajor && cell.treatsExamplesAlone
    }

    /// Whether the cell's variables are named in a scope of its own.
    var cellHasScope: Bool { namesFollowKeras }

    var batchAxis: Int { sequence.isTimeMajor ? 1 : 0 }
    var timeAxis: Int { 1 - batchAxis }

    public override func build(_ inputShapes: [Shape]) throws {
        let step = inputShapes[0].removing(timeAxis)
        cell.sharesScopeOfHolder = !cellHasScope
        try buildHeld(cell, for: [step])
        let extents = step.extents.enumerated().filter { $0.offset > 0 && $0.element >= 0 }
        inputSpecifications = [
            InputSpecification(
                rank: step.rank + 1,
                extents: Dictionary(uniqueKeysWithValues: extents.map { ($0.offset + 1, $0.element) }))
        ]
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = inputs[0]
        let initial = try initialStates(x, inputs.count > 1 ? Array(inputs.array.dropFirst()) : options.initialState)
        if let mask = options.mask { try check(mask, x) }
        let noise = try cell.noise(for: x, batchAxis: batchAxis, training: options.training ?? false)
        let (output, last) = try run(x, initial, options.mask, noise)
        if sequence.isStateful { try keep(last, inputs) }
        return Tensors([output] + (sequence.returnsState ? last : []))
    }

    private func initialStates(_ x: Tensor, _ given: [Tensor]) throws -> [Tensor] {
        guard given.isEmpty else {
            try cell.checkStates(given)
            return given
        }
        guard sequence.isStateful else { return try cell.zeroStates(for: x, batchAxis: batchAxis) }
        try makeStates(x)
        return try states.map { try $0.value }
    }

    private func check(_ mask: Tensor, _ x: Tensor) throws {
        guard mask.dtype == .bool, x.shape[0..<2].accepts(mask.shape) else {
            throw LayerError(
                .value,
                "the mask of layer \(displayName) must be bool \(x.shape[0..<2]), one for each step, but it is \(mask.spec)"
            )
        }
    }

    /// The output, or all of them, and the last states: as one operator where the cell has one, else step by step.
    private func run(
        _ x: Tensor, _ initial: [Tensor], _ mask: Tensor?, _ noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        let (batchMajor, batchMask) = try (
            exchanged(x, if: sequence.isTimeMajor), mask.map { try exchanged($0, if: sequence.isTimeMajor) }
        )
        let fused = try cell.sequence(
            batchMajor, from: initial, mask: batchMask, goesBackwards: sequence.goesBackwards, noise: noise)
        guard let fused else {
            return try runSteps(
                exchanged(x, if: !sequence.isTimeMajor), initial,
                mask.map { try exchanged($0, if: !sequence.isTimeMajor) }, noise)
        }
        if mask == nil, !sequence.returnsSequences, let last = fused.states.first { return (last, fused.states) }
        var outputs = fused.outputs
        if sequence.zeroesMaskedOutputs, let batchMask {
            let taken = try sequence.goesBackwards ? reverse(batchMask, axes: [1]) : batchMask
            outputs = try select(expandDimensions(taken, axes: [2]), outputs, zerosLike(outputs))
        }
        guard sequence.returnsSequences else { return (try slice(outputs, [.all, -1]), fused.states) }
        return (try exchanged(outputs, if: sequence.isTimeMajor), fused.states)
    }

    /// - Parameters:
    ///   - x: `[steps, batch, …]`.
    ///   - mask: `[steps, batch]`.
    private func runSteps(
        _ x: Tensor, _ initial: [Tensor], _ mask: Tensor?, _ noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        func ordered(_ sequence: Tensor) throws -> Tensor {
            try self.sequence.goesBackwards ? reverse(sequence, axes: [0]) : sequence
        }
        let projected = try ordered(cell.project(x, noise: noise))
        guard let mask else {
            let found = try scan([projected], from: initial, constants: noise) { slices, states, noise in
                let (output, next) = try cell.step(slices[0], states, noise: noise)
                return ([output], next)
            }
            return (try wanted(found.outputs[0]), found.states)
        }
        let (axes, zeroes) = (Array(1..<cell.resultShape.rank + 1), sequence.zeroesMaskedOutputs)
        let nothing = try zeroState(cell.resultShape.extents, for: x, batchAxis: 1)
        let found = try scan([projected, ordered(mask)], from: [nothing] + initial, constants: noise) {
            slices, states, noise in
            let (output, next) = try cell.step(slices[0], Array(states.dropFirst()), noise: noise)
            let isTaken = try expandDimensions(slices[1], axes: axes)
            let shown = try select(isTaken, output, zeroes ? zerosLike(output) : states[0])
            let kept = try zip(next, states.dropFirst()).map { next, old in
                try select(expandDimensions(slices[1], axes: Array(1..<next.rank)), next, old)
            }
            return ([shown], [shown] + kept)
        }
        return (try wanted(found.outputs[0]), Array(found.states.dropFirst()))
    }

    /// What is asked for of outputs `[steps, batch, …]`.
    private func wanted(_ outputs: Tensor) throws -> Tensor {
        try sequence.returnsSequences ? exchanged(outputs, if: !sequence.isTimeMajor) : slice(outputs, [-1])
    }

    /// With the first two axes exchanged.
    private func exchanged(_ x: Tensor, if isNeeded: Bool) throws -> Tensor {
        isNeeded ? try transpose(x, [1, 0] + Array(2..<x.rank)) : x
    }

    // MARK: States between calls

    private func makeStates(_ x: Tensor) throws {
        let batch = x.shape[batchAxis]
        guard states.isEmpty else { return try checkBatch(batch, states[0].shape[0]) }
        guard batch >= 0 else {
            throw LayerError(
                .value,
                "layer \(displayName) is stateful and must know the size of its batches, but its input is \(x.shape)")
        }
        guard let scope else { throw LayerError(.runtime, "layer \(displayName) has no scope") }
        let store = Context.current?.store ?? variableStore
        states = try cell.stateShapes.enumerated().map { index, shape in
            Variable(
                name: scope.path(to: "state_\(index)"),
                initialValue: try Tensor.zeros(shape.inserting(batch, at: 0), x.dtype), isTrainable: false, in: store)
        }
    }

    private func checkBatch(_ batch: Int, _ known: Int) throws {
        guard batch < 0 || batch == known else {
            throw LayerError(
                .value,
                "layer \(displayName) is stateful and keeps states of \(known) sequences, but it received \(batch)")
        }
    }

    private func keep(_ last: [Tensor], _ inputs: Tensors) throws {
        try makeStates(inputs[0])
        for (state, value) in zip(states, last) { addUpdate(try state.assign(value), inputs: inputs.array) }
    }

    /// Makes a stateful layer begin anew, with zeros or with the given states.
    ///
    /// - Throws: ValueError for a layer that is not stateful, or states that do not fit.
    public final func resetStates(to values: [Tensor]? = nil) throws {
        guard sequence.isStateful else {
            throw LayerError(.attribute, "layer \(displayName) is not stateful, so it has no states to reset")
        }
        if let values {
            try cell.checkStates(values)
            if states.isEmpty, let first = values.first {
                try makeStates(exchanged(expandDimensions(first, axes: [1]), if: sequence.isTimeMajor))
            }
            for (state, value) in zip(states, values) {
                try checkBatch(value.shape[0], state.shape[0])
                state.store.publish([(state.slot, value)])
            }
        } else {
            for state in states { state.store.publish([(state.slot, try Tensor.zeros(state.shape, state.dtype))]) }
        }
    }

    // MARK: Copies

    /// A layer of the same settings, of which no state and no variable is known; in the other direction where `isTurned`.
    func remade(isTurned: Bool) throws -> RecurrentLayer {
        guard let layer = self as? any ConfigurableLayer else {
            throw LayerError(.notImplemented, "\(className) of layer \(displayName) cannot be made from its settings")
        }
        let changes = JSONObject([("go_backwards", .bool(sequence.goesBackwards != isTurned))])
        let scratch = NameRegistry(seed: 0).names()
        let made = try Context.currentOrDefault.with(names: scratch).bind {
            try type(of: layer).init(configuration: LayerConfiguration(copying: self, changing: changes))
        }
        guard let made = made as? RecurrentLayer else {
            throw LayerError(.type, "\(className) made a \(type(of: made))")
        }
        made.activityRegularizer = activityRegularizer
        made.followsKeras = followsKeras
        return made
    }

    // MARK: Shapes and masks

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        sequence.returnsSequences ? mask : nil
    }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard let x = inputShapes.first, x.rank >= 3 else {
            throw LayerError(.value, "layer \(displayName) takes sequences, but the shapes are \(inputShapes)")
        }
        let batch = x[batchAxis]
        let output = cell.resultShape
        let shape =
            sequence.returnsSequences
            ? output.inserting(x[1], at: 0).inserting(x[0], at: 0) : output.inserting(batch, at: 0)
        return [shape] + (sequence.returnsState ? cell.stateShapes.map { $0.inserting(batch, at: 0) } : [])
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }
}

/// A layer of any cell.
///
/// - Source: tf.keras.layers.RNN.
public final class RNN: RecurrentLayer, ConfigurableLayer {
    /// - Parameter cell: several cells as ``StackedRNNCells``.
    public init(
        _ cell: RecurrentCell, sequence: SequenceSettings = SequenceSettings(), isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        super.init(cell, as: nil, sequence, isTrainable: isTrainable, dtype: dtype, name: name)
    }

    public init(configuration: LayerConfiguration) throws {
        let isList = configuration.json("cell")?.array != nil
        let cell =
            try isList
            ? StackedRNNCells(
                configuration.layers("cell").enumerated().map { try configuration.cell($1, "cell[\($0)]") })
            : configuration.cell(configuration.layer("cell"), "cell")
        try configuration.require("num_constants", toBe: nil)
        try super.init(configuration, cell, as: nil)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        settings.set("cell", cell)
    }
}
