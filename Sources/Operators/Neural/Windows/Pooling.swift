import TensorCore

/// What all pooling operators share: windows of `extents` over images whose channels do not mix.
struct PoolingWindow: Sendable, Hashable {
    let geometry: WindowGeometry
    let extents: [Int]

    /// - Throws: `TensorError.rankMismatch`, `.unsupportedDType`, `.invalidArgument`.
    func outputSpec(_ x: TensorSpec, operator name: String) throws(TensorError) -> TensorSpec {
        try geometry.check(x, operator: name)
        guard extents.count == geometry.count, extents.allSatisfy({ (1...Shape.extentMax).contains($0) }) else {
            throw .invalidArgument(
                operator: name, message: "window extents of at least 1 are needed for each axis, received \(extents)")
        }
        var spatial: [Int] = []
        for axis in 0..<geometry.count {
            spatial.append(
                try geometry.outputExtent(
                    axis, input: x.shape[geometry.spatialAxis(axis)], kernel: extents[axis], operator: name))
        }
        return x.with(
            geometry.imageShape(
                batch: x.shape[0], spatial: spatial, channels: x.shape[geometry.channelAxis(of: x.shape)]))
    }

    /// That `y` is what pooling `x` gives.
    func check(_ x: TensorSpec, gives y: TensorSpec, operator name: String) throws(TensorError) {
        let expected = try outputSpec(x, operator: name)
        guard expected.dtype == y.dtype else {
            throw .dtypeMismatch(operator: name, left: x.dtype, right: y.dtype)
        }
        guard expected.shape.accepts(y.shape) else {
            throw .shapeMismatch(operator: name, left: x.shape, right: y.shape, rule: "pooling gives \(expected.shape)")
        }
    }

    func shape(x: TensorSpec, y: Shape) -> PoolingShape {
        PoolingShape(
            axes: geometry.windowAxes(x: x.shape, y: y, kernel: extents), batch: x.shape[0],
            channels: x.shape[geometry.channelAxis(of: x.shape)], channelsFirst: geometry.format == .channelsFirst,
            dtype: x.dtype)
    }

    /// The window that a public function was asked for; strides are the extents unless others are given.
    static func asked(
        _ extents: [Int], _ strides: [Int]?, _ dilations: [Int]?, _ padding: WindowPadding, _ format: DataFormat
    ) -> PoolingWindow {
        PoolingWindow(
            geometry: WindowGeometry(
                strides: strides ?? extents, dilations: dilations ?? extents.map { _ in 1 }, padding: padding,
                format: format),
            extents: extents)
    }
}
