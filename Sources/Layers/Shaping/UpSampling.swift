import Operators
import TensorCore

/// Larger images, by repeating each element or by drawing lines between them.
///
/// - Shapes: each spatial axis is multiplied by its factor.
/// - Source: tf.keras.layers.UpSampling2D.
public class UpSampling: SpatialShapingLayer {
    public enum Interpolation: String, Sendable, CaseIterable {
        case nearest, bilinear
    }

    /// The factor of each spatial axis.
    public let size: [Int]
    public let interpolation: Interpolation

    init(_ size: [Int], _ interpolation: Interpolation, dataFormat: DataFormat, name: String?) {
        self.size = size
        self.interpolation = interpolation
        super.init(dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws {
        size = try configuration.integers("size", count: Self.dimensions, atLeast: 1, default: 2)
        interpolation = try configuration.choice("interpolation", default: .nearest)
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        if size.count == 1 { settings.set("size", size[0]) } else { settings.set("size", size) }
        if Self.dimensions == 2 { settings.set("interpolation", interpolation.rawValue) }
        super.writeSettings(&settings)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        try zip(spatialAxes, size).reduce(x) { y, step in
            interpolation == .nearest
                ? try repeating(y, step.1, axis: step.0) : try interpolated(y, step.1, axis: step.0)
        }
    }

    /// Draws lines between the elements along one axis, whose centres lie at half places.
    private func interpolated(_ x: Tensor, _ factor: Int, axis: Int) throws -> Tensor {
        let extent = x.shape[axis]
        guard extent >= 0 else { throw TensorError.symbolic(operator: "bilinear upsampling of an unknown extent") }
        let count = try Shape(checking: [extent, factor]).elementCount
        var (low, high, weights): ([Int32], [Int32], [Double]) = ([], [], [])
        for place in 0..<count {
            let source = max((Double(place) + 0.5) / Double(factor) - 0.5, 0)
            low.append(Int32(source))
            high.append(min(Int32(source) + 1, Int32(extent) - 1))
            weights.append(source - source.rounded(.down))
        }
        var shape = Shape(Array(repeating: 1, count: x.rank))
        shape[axis] = count
        let weight = try cast(Tensor(shape, weights), to: x.dtype)
        let below = try gather(x, Tensor([count], low), axis: axis)
        let above = try gather(x, Tensor([count], high), axis: axis)
        return try below + weight * (above - below)
    }
}

/// Longer sequences `[batch, steps, features]`.
public final class UpSampling1D: UpSampling, ConfigurableLayer {
    public init(_ size: Int = 2, name: String? = nil) {
        super.init([size], .nearest, dataFormat: .channelsLast, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// Larger images of two dimensions.
public final class UpSampling2D: UpSampling, ConfigurableLayer {
    override class var dimensions: Int { 2 }

    public init(
        _ size: WindowExtents = 2, interpolation: Interpolation = .nearest,
        dataFormat: DataFormat = .channelsLast, name: String? = nil
    ) {
        super.init(size.extents(2), interpolation, dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}

/// Larger images of three dimensions.
public final class UpSampling3D: UpSampling, ConfigurableLayer {
    override class var dimensions: Int { 3 }

    public init(_ size: WindowExtents = 2, dataFormat: DataFormat = .channelsLast, name: String? = nil) {
        super.init(size.extents(3), .nearest, dataFormat: dataFormat, name: name)
    }

    public required init(configuration: LayerConfiguration) throws { try super.init(configuration: configuration) }
}
