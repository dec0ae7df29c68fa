import TensorCore

/// A convolution turned around: every element of `x` spreads a kernel over the result. It is what arrives at the input of a
/// ``Convolution`` when `x` arrives at its result, and a layer of its own.
///
/// - Shapes: `x [batch, places…, inputs]`, `kernel [taps…, outputs / groups, inputs]` → `[batch, spatial…, outputs]`. How
///   large the result is, several sizes being possible where the stride is above one, `extents` says.
/// - Throws: as ``Convolution``, and `TensorError.shapeMismatch` for a size that the convolution would not give x from.
/// - Source: tf.nn.conv2d_transpose; sizes as in Keras' `Conv2DTranspose`.
struct TransposedConvolution: Operator {
    enum Extents: Sendable {
        /// Those of a third input, whose elements do not matter.
        case likeReference
        /// As Keras computes them, with or without output padding.
        case computed(outputPadding: [Int]?)
        case given([Int])
    }

    let geometry: WindowGeometry
    let groups: Int
    let extents: Extents

    private var convolution: Convolution { Convolution(geometry: geometry, groups: groups) }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (x, kernel) = (inputs[0], inputs[1])
        try convolution.checkKernel(kernel, of: x, operator: "transposedConvolution")
        let channels = x.shape[geometry.channelAxis(of: x.shape)]
        guard channels < 0 || kernel.shape[kernel.rank - 1] < 0 || channels == kernel.shape[kernel.rank - 1] else {
            throw .shapeMismatch(
                operator: "transposedConvolution", left: x.shape, right: kernel.shape,
                rule: "the kernel's last axis must be the \(channels) channels of the images")
        }
        let perGroup = kernel.shape[kernel.rank - 2]
        let outputs = perGroup < 0 ? Shape.unknown : perGroup.multiplied(by: groups)
        guard perGroup < 0 || (0...Shape.extentMax).contains(outputs) else {
            throw .shapeTooLarge(extents: [perGroup, groups])
        }
        if case .likeReference = extents { return [inputs[2]] }
        var spatial: [Int] = []
        for axis in 0..<geometry.count {
            spatial.append(
                try extent(axis, places: x.shape[geometry.spatialAxis(axis)], kernel: kernel.shape[axis]))
        }
        let result = x.with(geometry.imageShape(batch: x.shape[0], spatial: spatial, channels: outputs))
        let back = try convolution.outputSpecs([result, kernel])[0]
        guard back.shape.accepts(x.shape) else {
            throw .shapeMismatch(
                operator: "transposedConvolution", left: x.shape, right: result.shape,
                rule: "the convolution of the result would give \(back.shape)")
        }
        return [result]
    }

    private func extent(_ axis: Int, places: Int, kernel: Int) throws(TensorError) -> Int {
        if case .given(let extents) = extents {
            guard extents.count == geometry.count, (0...Shape.extentMax).contains(extents[axis]) else {
                throw .invalidArgument(
                    operator: "transposedConvolution", message: "\(extents) are not the extents of the spatial axes")
            }
            return extents[axis]
        }
        guard places >= 0, kernel > 0 else { return Shape.unknown }
        let stride = geometry.strides[axis]
        let reach = (kernel - 1) * geometry.dilations[axis] + 1
        var extent: Int
        if case .computed(let outputPadding?) = extents {
            guard outputPadding.count == geometry.count, (0..<stride).contains(outputPadding[axis]) else {
                throw .invalidArgument(
                    operator: "transposedConvolution",
                    message: "output padding must be at least 0 and below the strides \(geometry.strides)")
            }
            extent = (places - 1) * stride + reach + outputPadding[axis]
            if geometry.padding == .same { extent -= reach / 2 * 2 }
        } else {
            extent = places * stride
            if geometry.padding == .valid { extent += max(reach - stride, 0) }
        }
        if case .explicit(let borders) = geometry.padding {
            extent = (places - 1) * stride + reach - borders[axis].before - borders[axis].after
            if case .computed(let outputPadding?) = extents { extent += outputPadding[axis] }
        }
        guard extent <= Shape.extentMax else { throw .shapeTooLarge(extents: [extent]) }
        return max(extent, 0)
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try Kernels.convolveBackwardToInput(
            inputs[0].pointer, inputs[1].pointer, into: outputs[0].pointer,
            convolution.shape(x: outputs[0].spec, kernel: inputs[1].shape, y: inputs[0].shape))
    }

    /// It is linear in x and in the kernel; what arrives at the result is convolved, or meets x in the kernel's gradient.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dy = pass.outputGradients[0] else { return pass.inputs.map { _ in nil } }
        let gradients: [Tensor?] = [
            pass.needed[0] ? try convolution.convolved(dy, pass.inputs[1]) : nil,
            pass.needed[1] ? try convolution.backwardToKernel(dy, pass.inputs[0], like: pass.inputs[1]) : nil,
        ]
        return pass.inputs.count > 2 ? gradients + [nil] : gradients
    }
}

/// The transposed convolution; shapes and errors as in ``TransposedConvolution``.
///
/// - Parameters:
///   - outputPadding: how much larger than the smallest possible size the result is, along each axis.
///   - outputExtents: the spatial extents of the result, in place of computed ones.
public func transposedConvolution(
    _ x: Tensor, _ kernel: Tensor, strides: [Int]? = nil, padding: WindowPadding = .valid, dilations: [Int]? = nil,
    outputPadding: [Int]? = nil, outputExtents: [Int]? = nil, dataFormat: DataFormat = .channelsLast, groups: Int = 1
) throws(TensorError) -> Tensor {
    let ones = Array(repeating: 1, count: max(0, x.rank - 2))
    let geometry = WindowGeometry(
        strides: strides ?? ones, dilations: dilations ?? ones, padding: padding, format: dataFormat)
    let op = TransposedConvolution(
        geometry: geometry, groups: groups,
        extents: outputExtents.map { .given($0) } ?? .computed(outputPadding: outputPadding))
    return try apply(op, to: [x, kernel])[0]
}
