import Operators
import TensorCore

/// Each example under another shape.
///
/// - Shapes: `x [batch, …]` → `[batch] + target`; one extent of the target may be −1, to be worked out from the others.
/// - Throws: ValueError where the numbers of elements differ.
/// - Source: tf.keras.layers.Reshape.
public final class Reshape: StatelessLayer, ConfigurableLayer {
    public let target: [Int]

    public init(_ target: [Int], name: String? = nil) {
        self.target = target
        super.init(layerName: name)
        inputSpecifications = [InputSpecification(rankMin: 1)]
    }

    public init(configuration: LayerConfiguration) throws {
        target = try configuration.integerList("target_shape") ?? []
        guard target.filter({ $0 == -1 }).count <= 1, target.allSatisfy({ (-1...Shape.extentMax).contains($0) }),
            target.count < Shape.rankMax
        else { throw configuration.wrongValue("target_shape", "extents of which at most one is -1") }
        try super.init(configuration)
        inputSpecifications = [InputSpecification(rankMin: 1)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("target_shape", target) }

    public override func call(_ x: Tensor) throws -> Tensor {
        let example = x.shape.dropFirst()
        var extents = target
        if example.isKnown {
            let known = target.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
            if let open = extents.firstIndex(of: -1) { extents[open] = known > 0 ? example.elementCount / known : 0 }
            guard known > 0 || example.elementCount == 0, extents.reduce(1, &*) == example.elementCount else {
                throw LayerError(
                    .value,
                    "total size of new array must be unchanged, input_shape = \(example), output_shape = \(target)")
            }
        }
        return try reshape(x, [max(x.shape[0], -1)] + extents)
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }
}
