import Operators
import TensorCore

/// `x` above zero, `alpha · x` below, with an alpha that is learnt for each place of an example.
///
/// - Variables: `alpha`, of the shape of one example; 1 along shared axes.
/// - Source: He and others (2015); tf.keras.layers.PReLU.
public final class PReLU: Layer, ConfigurableLayer {
    /// The axes whose places have one alpha together, counted from 1, the batch being 0.
    public let sharedAxes: [Int]
    private let settings: VariableSettings
    private var alpha: Variable?

    public init(
        sharedAxes: [Int] = [], initializer: any Initializer = .zeros, regularizer: (any Regularizer)? = nil,
        constraint: (any Constraint)? = nil, isTrainable: Bool = true, dtype: DType? = nil, name: String? = nil
    ) {
        self.sharedAxes = sharedAxes
        settings = VariableSettings(initializer, regularizer, constraint)
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
    }

    public convenience init(configuration: LayerConfiguration) throws {
        let settings = try configuration.variable("alpha", .zeros)
        self.init(
            sharedAxes: try configuration.integerList("shared_axes") ?? [],
            initializer: settings.initializer ?? .zeros, regularizer: settings.regularizer,
            constraint: settings.constraint, isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype(), name: try configuration.name())
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("alpha", self.settings)
        settings.set("shared_axes", sharedAxes.isEmpty ? nil : sharedAxes)
    }

    public override func build(_ inputShape: Shape) throws {
        guard inputShape.rank > 1 else {
            throw LayerError(.value, "PReLU needs examples with axes, received \(inputShape)")
        }
        var shape = inputShape.dropFirst()
        var specification = InputSpecification(rank: inputShape.rank)
        for axis in 1..<inputShape.rank {
            if sharedAxes.contains(axis) {
                shape[axis - 1] = 1
            } else {
                specification.extents[axis] = try inputShape.requiredDimension(
                    axis, of: "axis \(axis) of the input to PReLU")
            }
        }
        guard sharedAxes.allSatisfy({ (1..<inputShape.rank).contains($0) }) else {
            throw LayerError(
                .value, "the shared axes \(sharedAxes) of PReLU are no axes of an example of \(inputShape)")
        }
        inputSpecifications = [specification]
        alpha = try addVariable("alpha", shape, settings)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        try relu(x) - alpha.required(by: self).value * relu(-x)
    }

    public override func computeOutputShape(_ inputShape: Shape) -> Shape { inputShape }
}
