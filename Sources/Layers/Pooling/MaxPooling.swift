import Operators
import TensorCore

/// The largest number of each window.
///
/// - Source: tf.layers.MaxPooling2D (TensorFlow 1.8).
public class MaxPooling: PoolingLayer {
    public override func call(_ x: Tensor) throws -> Tensor {
        try maxPooling(x, poolSize, strides: strides, padding: padding.window(), dataFormat: dataFormat)
    }
}

/// ``MaxPooling`` of sequences `[batch, steps, features]`.
public final class MaxPooling1D: MaxPooling, ConfigurableLayer {}

/// ``MaxPooling`` of images of two dimensions.
public final class MaxPooling2D: MaxPooling, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// ``MaxPooling`` of images of three dimensions.
public final class MaxPooling3D: MaxPooling, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
