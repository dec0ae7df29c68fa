import Operators
import TensorCore

/// One step of a recurrent layer: from an input and states to an output and the next states.
///
/// A subclass says what its states are, makes its variables in ``Layer/build(_:)`` for the input of one step, and computes in
/// ``step(_:_:noise:)``. Applied by itself, a cell takes the input and, after it or as initial states, its states, and
/// gives the output and the next states.
///
/// - Shapes: `x [batch, inputs]`, each state `[batch, …]` → output `[batch, …]`, the states.
/// - Source: tf.keras.layers.RNN's cells; tf.nn.rnn_cell.RNNCell (TensorFlow 1.8).
open class RecurrentCell: Layer {
    /// The shape of each state of one example; known once the cell is built.
    open var stateShapes: [Shape] { [] }

    /// The shape of the output for one example.
    open var resultShape: Shape { stateShapes.first ?? [] }

    /// The output and the next states, for an input that went through ``project(_:noise:)``.
    ///
    /// - Parameter noise: what ``noise(for:batchAxis:training:)`` gave for the sequence.
    open func step(
        _ x: Tensor, _ states: [Tensor], noise: [Tensor]
    ) throws -> (output: Tensor, states: [Tensor]) {
        throw LayerError(.notImplemented, "\(className) does not override step(_:_:noise:)")
    }

    /// What of a step depends on the input alone, computed for all steps at once: `[batch, …]` or `[steps, batch, …]`.
    open func project(_ x: Tensor, noise: [Tensor]) throws -> Tensor { x }

    /// What is drawn once for a whole sequence, such as dropout's masks; nothing where the cell does not train.
    ///
    /// - Parameter x: the batch is the extent of its axis `batchAxis`.
    open func noise(for x: Tensor, batchAxis: Int, training: Bool) throws -> [Tensor] { [] }

    /// The whole sequence as one operator; nil where there is none for these settings.
    ///
    /// - Parameters:
    ///   - x: `[batch, steps, …]`.
    ///   - mask: bool `[batch, steps]`.
    open func sequence(
        _ x: Tensor, from states: [Tensor], mask: Tensor?, goesBackwards: Bool, noise: [Tensor]
    ) throws -> RecurrentResult? { nil }

    /// Zeros for each state.
    public final func zeroStates(for x: Tensor, batchAxis: Int = 0) throws -> [Tensor] {
        try stateShapes.map { try zeroState($0.extents, for: x, batchAxis: batchAxis) }
    }

    open override var accepts: CallArguments { [.training, .initialState] }

    open override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let given = inputs.count > 1 ? Array(inputs.array.dropFirst()) : options.initialState
        let states = given.isEmpty ? try zeroStates(for: inputs[0]) : given
        try checkStates(states)
        let noise = try noise(for: inputs[0], batchAxis: 0, training: options.training ?? false)
        let (output, next) = try step(project(inputs[0], noise: noise), states, noise: noise)
        return Tensors([output] + next)
    }

    /// Refuses states that are not as many as the cell has, or of other shapes.
    final func checkStates(_ states: [Tensor]) throws {
        let shapes = stateShapes.map { $0.inserting(Shape.unknown, at: 0) }
        let fits = states.count == shapes.count && zip(shapes, states).allSatisfy { $0.accepts($1.shape) }
        guard fits else {
            throw LayerError(
                .value,
                "layer \(displayName) has the states \(shapes), but it received \(states.map(\.shape))")
        }
    }

    open override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        let batch = inputShapes.first?.extents.first ?? Shape.unknown
        return ([resultShape] + stateShapes).map { $0.inserting(batch, at: 0) }
    }
}
