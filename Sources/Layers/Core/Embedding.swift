import Operators
import TensorCore

/// A table of vectors that whole numbers look up.
///
/// - Shapes: `x [...]` of whole numbers from 0 up to but without `inputs` → `[..., units]`.
/// - Variables: `embeddings [inputs, units]`; its gradient is slices.
/// - Throws: `TensorError.indexOutOfRange` for a number that is no place of the table.
/// - Source: tf.keras.layers.Embedding.
public final class Embedding: Layer, ConfigurableLayer {
    /// How many vectors there are.
    public let inputs: Int
    /// How long each is.
    public let units: Int
    /// Whether 0 stands for an absent step.
    public let masksZero: Bool
    private let settings: VariableSettings
    private var embeddings: Variable?

    public init(
        _ inputs: Int, _ units: Int, masksZero: Bool = false, initializer: any Initializer = .randomUniform(),
        regularizer: (any Regularizer)? = nil, constraint: (any Constraint)? = nil, isTrainable: Bool = true,
        dtype: DType? = nil, name: String? = nil
    ) {
        self.inputs = inputs
        self.units = units
        self.masksZero = masksZero
        settings = VariableSettings(initializer, regularizer, constraint)
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        let settings = try configuration.variable("embeddings", .randomUniform())
        self.init(
            try configuration.integer("input_dim", atLeast: 1), try configuration.integer("output_dim", atLeast: 1),
            masksZero: try configuration.bool("mask_zero", default: false),
            initializer: settings.initializer ?? .randomUniform(), regularizer: settings.regularizer,
            constraint: settings.constraint, isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype(), name: try configuration.name())
        try configuration.require("sparse", toBe: false)
        try configuration.require("lora_rank", toBe: nil)
        configuration.passOver("input_length", "weights")
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("input_dim", inputs)
        settings.set("output_dim", units)
        settings.set("embeddings", self.settings)
        settings.set("mask_zero", masksZero)
    }

    public override func build(_ inputShape: Shape) throws {
        guard inputs > 0, units > 0 else {
            throw LayerError(
                .value, "Embedding needs positive numbers of vectors and units, received \(inputs), \(units)")
        }
        embeddings = try addVariable("embeddings", try Shape(checking: [inputs, units]), settings)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        let places = x.dtype == .int32 || x.dtype == .int64 ? x : try cast(x, to: .int32)
        return try embeddingLookup(embeddings.required(by: self).value, places)
    }

    public override var makesMasks: Bool { masksZero }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        masksZero ? try notEqual(inputs.single(for: self), 0) : nil
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try Shape(checkingOpen: inputShape.extents + [units])
    }
}

extension Shape {
    /// As `init(checking:)`, with unknown extents allowed.
    init(checkingOpen extents: [Int]) throws(TensorError) {
        guard extents.count <= Shape.rankMax, extents.allSatisfy({ $0 <= Shape.extentMax }) else {
            throw .shapeTooLarge(extents: extents)
        }
        self.init(extents)
    }
}
