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

    open override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        let graph = Graph()
        let dtype = dtype ?? .float32
        let outputs = try graph.asDefault {
            let inputs = try inputShapes.map { try graph.placeholder(TensorSpec($0, dtype)) }
            return try call(Tensors(inputs), CallOptions())
        }
        return outputs.array.map { output in Shape(output.shape.extents.map { max($0, Shape.unknown) }) }
    }

    open override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }
}
