import TensorCore

/// Squares of `block × block` pixels become channels, or the other way about.
///
/// - Shapes: `[n, h·b, w·b, c]` ↔ `[n, h, w, b·b·c]`, or with the channels first.
/// - Throws: `TensorError.rankMismatch`, `.invalidArgument` when the block does not divide the extents.
/// - Source: tf.space_to_depth and tf.depth_to_space (TensorFlow 1.8).
struct SpaceToDepth: UnaryOperator {
    let block: Int
    let channelsFirst: Bool
    /// Whether channels become pixels.
    let isInverse: Bool

    var name: String { isInverse ? "depthToSpace" : "spaceToDepth" }
    /// Where height, width and channels are.
    private var axes: (height: Int, width: Int, channels: Int) { channelsFirst ? (2, 3, 1) : (1, 2, 3) }

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard x.rank == 4 else { throw .rankMismatch(operator: name, expected: "four axes", received: x.shape) }
        guard block >= 1, block <= 1 << 15 else {
            throw .invalidArgument(operator: name, message: "a block of \(block)")
        }
        var extents = x.shape.extents
        for axis in [axes.height, axes.width] {
            extents[axis] = isInverse ? try times(extents[axis], block) : try divided(extents[axis], by: block)
        }
        let channels = extents[axes.channels]
        extents[axes.channels] =
            isInverse ? try divided(channels, by: block * block) : try times(channels, block * block)
        return x.with(try Shape(result: extents))
    }

    private func times(_ extent: Int, _ factor: Int) throws(TensorError) -> Int {
        extent < 0 ? Shape.unknown : extent * factor
    }

    private func divided(_ extent: Int, by divisor: Int) throws(TensorError) -> Int {
        guard extent >= 0 else { return Shape.unknown }
        guard extent % divisor == 0 else {
            throw .invalidArgument(operator: name, message: "\(divisor) does not divide the extent \(extent)")
        }
        return extent / divisor
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        let deep = isInverse ? x.shape : y.shape
        let wide = isInverse ? y.shape : x.shape
        let (deepSteps, wideSteps) = (deep.steps, wide.steps)
        let channels = wide[axes.channels]
        // Each loop with its step in the wide tensor and in the deep one.
        let loops = [
            (deep[0], wideSteps[0], deepSteps[0]),
            (deep[axes.height], wideSteps[axes.height] * block, deepSteps[axes.height]),
            (block, wideSteps[axes.height], deepSteps[axes.channels] * block * channels),
            (deep[axes.width], wideSteps[axes.width] * block, deepSteps[axes.width]),
            (block, wideSteps[axes.width], deepSteps[axes.channels] * channels),
            (channels, wideSteps[axes.channels], deepSteps[axes.channels]),
        ]
        var walk = StridedWalk()
        for (extent, wideStep, deepStep) in loops {
            walk.append(
                extent: extent, targetStep: isInverse ? wideStep : deepStep,
                sourceStep: isInverse ? deepStep : wideStep)
        }
        walk.copy(x, into: &y)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(SpaceToDepth(block: block, channelsFirst: channelsFirst, isInverse: !isInverse), to: dy)
    }
}

/// Squares of pixels as channels; shapes and errors as in ``SpaceToDepth``.
public func spaceToDepth(_ x: Tensor, block: Int, channelsFirst: Bool = false) throws(TensorError) -> Tensor {
    try apply(SpaceToDepth(block: block, channelsFirst: channelsFirst, isInverse: false), to: x)
}

/// Channels as squares of pixels.
public func depthToSpace(_ x: Tensor, block: Int, channelsFirst: Bool = false) throws(TensorError) -> Tensor {
    try apply(SpaceToDepth(block: block, channelsFirst: channelsFirst, isInverse: true), to: x)
}
