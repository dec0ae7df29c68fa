import Operators
import TensorCore

/// The mean of each channel; of a sequence only of the steps that count.
///
/// - Source: tf.keras.layers.GlobalAveragePooling2D.
public class GlobalAveragePooling: GlobalPoolingLayer {
    public override func call(_ x: Tensor) throws -> Tensor {
        try mean(x, axes: spatialAxes, keepingDimensions: keepsDimensions)
    }
}

/// ``GlobalAveragePooling`` of sequences `[batch, steps, features]`.
public final class GlobalAveragePooling1D: GlobalAveragePooling, ConfigurableLayer {
    public override var accepts: CallArguments { .mask }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = try inputs.single(for: self)
        guard let mask = options.mask else { return Tensors(try call(x)) }
        let counts = try expandDimensions(cast(mask, to: x.dtype), axes: [dataFormat == .channelsLast ? 2 : 1])
        func total(_ x: Tensor) throws -> Tensor {
            try sum(x, axes: spatialAxes, keepingDimensions: keepsDimensions)
        }
        return Tensors(try total(x * counts) / total(counts))
    }
}

/// ``GlobalAveragePooling`` of images of two dimensions.
public final class GlobalAveragePooling2D: GlobalAveragePooling, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// ``GlobalAveragePooling`` of images of three dimensions.
public final class GlobalAveragePooling3D: GlobalAveragePooling, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
