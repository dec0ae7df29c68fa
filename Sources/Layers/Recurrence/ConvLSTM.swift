import TensorCore

/// A long short-term memory over sequences of images; the step is ``ConvLSTMCell``'s.
///
/// - Shapes: as ``RecurrentLayer`` with `x [batch, steps, spatial…, channels]`; the extents of the images must be known.
/// - Source: Shi and others, *Convolutional LSTM network* (2015); tf.keras.layers.ConvLSTM2D.
public class ConvLSTM: RecurrentLayer {
    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    public required init(configuration: LayerConfiguration) throws {
        try super.init(configuration, ConvLSTMCell(configuration, dimensions: Self.dimensions), as: "conv_lstm_cell")
        guard !sequence.isTimeMajor else {
            throw configuration.wrongValue("time_major", "false, which alone is supported")
        }
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        super.writeSettings(&settings)
        cell.writeSettings(&settings)
    }

    /// The variables of the cell have no scope of their own in either reference.
    override var cellHasScope: Bool { false }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard let x = inputShapes.first, x.rank == Self.dimensions + 3, let cell = cell as? ConvLSTMCell else {
            throw LayerError(
                .value, "layer \(displayName) takes sequences of images, but the shapes are \(inputShapes)")
        }
        let state = try cell.places(x.removing(1)).inserting(x[0], at: 0)
        return [sequence.returnsSequences ? state.inserting(x[1], at: 1) : state]
            + (sequence.returnsState ? [state, state] : [])
    }
}

/// A ``ConvLSTM`` of sequences of sequences.
public final class ConvLSTM1D: ConvLSTM, ConfigurableLayer {}

/// A ``ConvLSTM`` of sequences of images of two dimensions.
public final class ConvLSTM2D: ConvLSTM, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// A ``ConvLSTM`` of sequences of images of three dimensions.
public final class ConvLSTM3D: ConvLSTM, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
