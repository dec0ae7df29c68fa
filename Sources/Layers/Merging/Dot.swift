import Operators
import TensorCore

/// The products of two inputs, example by example, summed along one axis of each.
///
/// - Shapes: `x [batch, …]`, `y [batch, …]` → the batch, what is left of x, what is left of y; `[batch, 1]` where nothing is.
/// - Source: tf.keras.layers.Dot.
public final class Dot: MergeLayer, ConfigurableLayer {
    /// The axis of each input along which the sum goes.
    public let axes: [Int]
    /// Whether the vectors are made as long as one before, which gives cosines.
    public let normalizes: Bool

    override class var inputsMin: Int { 2 }
    override class var inputsMax: Int? { 2 }

    public init(axes: (Int, Int), normalizes: Bool = false, name: String? = nil) {
        self.axes = [axes.0, axes.1]
        self.normalizes = normalizes
        super.init(layerName: name)
    }

    public init(configuration: LayerConfiguration) throws {
        axes = try configuration.integers("axes", count: 2, atLeast: -Shape.rankMax)
        normalizes = try configuration.bool("normalize", default: false)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        if axes[0] == axes[1] { settings.set("axes", axes[0]) } else { settings.set("axes", axes) }
        settings.set("normalize", normalizes)
    }

    override func merge(_ inputs: [Tensor]) throws -> Tensor {
        let places = try zip(inputs, axes).map { input, axis in
            let place = axis < 0 ? axis + input.rank : axis
            guard place > 0, place < input.rank else {
                throw LayerError(
                    .value,
                    "Dot along axis \(axis) needs inputs with that axis after the batch, received \(input.shape)")
            }
            return place
        }
        let (left, right) = (inputs[0].shape[places[0]], inputs[1].shape[places[1]])
        guard left < 0 || right < 0 || left == right else {
            throw LayerError(
                .value,
                "Incompatible input shapes: axis values \(left) (at axis \(places[0])) != \(right) (at axis \(places[1]))."
            )
        }
        let vectors = normalizes ? try zip(inputs, places).map { try l2Normalize($0, axes: [$1]) } : inputs
        // b for the batch, z for the sum, a… and m… for what is left of either.
        func names(_ rank: Int, _ place: Int, from first: UInt8) -> [Character] {
            (0..<rank).map { axis in
                axis == 0 ? "b" : axis == place ? "z" : Character(UnicodeScalar(first + UInt8(axis)))
            }
        }
        let x = names(inputs[0].rank, places[0], from: UInt8(ascii: "b"))
        let y = names(inputs[1].rank, places[1], from: UInt8(ascii: "m"))
        let result = ["b"] + (x + y).filter { $0 != "b" && $0 != "z" }
        let product = try einsum(String(x) + "," + String(y) + "->" + String(result), vectors)
        return product.rank == 1 ? try expandDimensions(product, axes: [1]) : product
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
