import Operators

/// How the windows of a layer's kernels move over images.
struct WindowMovement {
    let kernelSize: [Int]
    let strides: [Int]
    let padding: EdgePadding
    let dataFormat: DataFormat
    let dilations: [Int]

    init(
        kernelSize: WindowExtents, strides: WindowExtents = 1, padding: EdgePadding = .valid,
        dataFormat: DataFormat = .channelsLast, dilations: WindowExtents = 1, dimensions: Int
    ) {
        self.kernelSize = kernelSize.extents(dimensions)
        self.strides = strides.extents(dimensions)
        self.padding = padding
        self.dataFormat = dataFormat
        self.dilations = dilations.extents(dimensions)
    }

    /// - Parameter paddings: those that make sense for the layer.
    init(_ configuration: LayerConfiguration, dimensions count: Int, paddings: [EdgePadding]) throws {
        kernelSize = try configuration.integers("kernel_size", count: count, atLeast: 1)
        strides = try configuration.integers("strides", count: count, atLeast: 1, default: 1)
        padding = try configuration.choice("padding", default: .valid)
        dataFormat = try configuration.choice("data_format", default: .channelsLast)
        dilations = try configuration.integers("dilation_rate", count: count, atLeast: 1, default: 1)
        guard paddings.contains(padding) else {
            let names = paddings.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw configuration.wrongValue("padding", names + "; 'causal' is for sequences")
        }
    }

    func write(_ settings: inout LayerSettings) {
        settings.set("kernel_size", kernelSize)
        settings.set("strides", strides)
        settings.set("padding", padding.rawValue)
        settings.set("data_format", dataFormat.rawValue)
        settings.set("dilation_rate", dilations)
    }
}
