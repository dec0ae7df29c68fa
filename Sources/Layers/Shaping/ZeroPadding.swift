import Operators
import TensorCore

/// Zeros around images.
///
/// - Shapes: each spatial axis grows by what lies before and after.
/// - Source: tf.keras.layers.ZeroPadding2D.
public class ZeroPadding: SpatialShapingLayer {
    public let padding: [Padding]

    /// - Parameter padding: for each spatial axis.
    init(_ padding: [Padding], dataFormat: DataFormat, name: String?) {
        self.padding = padding
        super.init(dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws {
        padding = try configuration.paddings("padding", count: Self.dimensions, default: 1)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set(spatial: "padding", padding)
        super.writeSettings(&settings)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        var all = Array(repeating: Padding(0, 0), count: x.rank)
        for (axis, padding) in zip(spatialAxes, padding) { all[axis] = padding }
        return try pad(x, all)
    }
}

extension LayerSettings {
    /// What lies before and after along each axis; for a single axis without a list around it, as Keras has it.
    mutating func set(spatial key: String, _ paddings: [Padding]) {
        if paddings.count == 1 {
            set(key, [paddings[0].before, paddings[0].after])
        } else {
            set(key, paddings)
        }
    }
}

/// Zeros before and after sequences `[batch, steps, features]`.
public final class ZeroPadding1D: ZeroPadding, ConfigurableLayer {
    public init(_ padding: Padding = Padding(1, 1), name: String? = nil) {
        super.init([padding], dataFormat: .channelsLast, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// Zeros around images of two dimensions.
public final class ZeroPadding2D: ZeroPadding, ConfigurableLayer {
    override class var dimensions: Int { 2 }

    public init(
        _ rows: Padding = Padding(1, 1), _ columns: Padding = Padding(1, 1),
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init([rows, columns], dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// Zeros around images of three dimensions.
public final class ZeroPadding3D: ZeroPadding, ConfigurableLayer {
    override class var dimensions: Int { 3 }

    public init(
        _ depth: Padding = Padding(1, 1), _ rows: Padding = Padding(1, 1), _ columns: Padding = Padding(1, 1),
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init([depth, rows, columns], dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}
