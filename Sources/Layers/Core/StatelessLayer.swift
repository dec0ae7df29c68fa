import Operators
import TensorCore

/// A layer without variables. Its output shapes are found by calling it on symbolic inputs.
open class StatelessLayer: Layer {
    public init(layerName: String?, dtype: DType? = nil) { super.init(layerName: layerName, dtype: dtype) }

    /// From a model's JSON.
    init(_ configuration: LayerConfiguration) throws {
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
    }

    open override func computeOutputSpecs(_ inputs: [TensorSpec]) throws -> [TensorSpec] {
        let graph = Graph()
        let outputs = try graph.asDefault {
            try call(Tensors(inputs.map { try graph.placeholder($0) }), CallOptions())
        }
        return outputs.array.map { $0.spec.with($0.shape.withoutNames) }
    }

    open override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        try computeOutputSpecs(inputShapes.map { TensorSpec($0, dtype ?? .float32) }).map(\.shape)
    }

    open override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }
}
