import Operators
import TensorCore

/// The mean of each window; what lies beyond the image does not count.
///
/// - Source: tf.layers.AveragePooling2D (TensorFlow 1.8).
public class AveragePooling: PoolingLayer {
    public override func call(_ x: Tensor) throws -> Tensor {
        try averagePooling(x, poolSize, strides: strides, padding: padding.window(), dataFormat: dataFormat)
    }
}

/// ``AveragePooling`` of sequences `[batch, steps, features]`.
public final class AveragePooling1D: AveragePooling, ConfigurableLayer {}

/// ``AveragePooling`` of images of two dimensions.
public final class AveragePooling2D: AveragePooling, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// ``AveragePooling`` of images of three dimensions.
public final class AveragePooling3D: AveragePooling, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
