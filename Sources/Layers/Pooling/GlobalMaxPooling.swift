import Operators
import TensorCore

/// The largest number of each channel.
///
/// - Source: tf.keras.layers.GlobalMaxPooling2D.
public class GlobalMaxPooling: GlobalPoolingLayer {
    public override func call(_ x: Tensor) throws -> Tensor {
        try max(x, axes: spatialAxes, keepingDimensions: keepsDimensions)
    }
}

/// ``GlobalMaxPooling`` of sequences `[batch, steps, features]`.
public final class GlobalMaxPooling1D: GlobalMaxPooling, ConfigurableLayer {}

/// ``GlobalMaxPooling`` of images of two dimensions.
public final class GlobalMaxPooling2D: GlobalMaxPooling, ConfigurableLayer {
    override class var dimensions: Int { 2 }
}

/// ``GlobalMaxPooling`` of images of three dimensions.
public final class GlobalMaxPooling3D: GlobalMaxPooling, ConfigurableLayer {
    override class var dimensions: Int { 3 }
}
