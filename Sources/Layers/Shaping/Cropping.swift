import Operators
import TensorCore

/// The inner part of images.
///
/// - Shapes: each spatial axis loses what is cut off before and after.
/// - Throws: ValueError where nothing would be left.
/// - Source: tf.keras.layers.Cropping2D.
public class Cropping: SpatialShapingLayer {
    public let cropping: [Padding]

    /// - Parameter cropping: what is cut off before and after, for each spatial axis.
    init(_ cropping: [Padding], dataFormat: DataFormat, name: String?) {
        self.cropping = cropping
        super.init(dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws {
        cropping = try configuration.paddings(
            "cropping", count: Self.dimensions, default: Self.dimensions == 2 ? 0 : 1)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set(spatial: "cropping", cropping)
        super.writeSettings(&settings)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        var slices = Array(repeating: AxisSlice.all, count: x.rank)
        for (axis, crop) in zip(spatialAxes, cropping) {
            guard x.shape[axis] < 0 || x.shape[axis] > crop.before + crop.after else {
                throw LayerError(
                    .value,
                    "Values in `cropping` parameter should be smaller than the corresponding input dimension. Received: input_shape=\(x.shape), cropping=\(crop.before), \(crop.after) at axis \(axis)"
                )
            }
            slices[axis] = .range(from: crop.before, to: crop.after == 0 ? nil : -crop.after)
        }
        return try slice(x, slices)
    }
}

/// The inner part of sequences `[batch, steps, features]`.
public final class Cropping1D: Cropping, ConfigurableLayer {
    public init(_ cropping: Padding = Padding(1, 1), name: String? = nil) {
        super.init([cropping], dataFormat: .channelsLast, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// The inner part of images of two dimensions.
public final class Cropping2D: Cropping, ConfigurableLayer {
    override class var dimensions: Int { 2 }

    public init(
        _ rows: Padding = Padding(0, 0), _ columns: Padding = Padding(0, 0),
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init([rows, columns], dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// The inner part of images of three dimensions.
public final class Cropping3D: Cropping, ConfigurableLayer {
    override class var dimensions: Int { 3 }

    public init(
        _ depth: Padding = Padding(1, 1), _ rows: Padding = Padding(1, 1), _ columns: Padding = Padding(1, 1),
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init([depth, rows, columns], dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}
