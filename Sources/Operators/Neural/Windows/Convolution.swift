import TensorCore

/// The sum of each window of an image with a kernel (a cross-correlation, as everywhere in this field):
/// `y[o, f] = activation(Σ x[o · stride + t · dilation − before, c] · kernel[t, c, f] + bias[f])`.
///
/// - Shapes: `x [batch, spatial…, inputs]`, `kernel [taps…, inputs / groups, outputs]`, `bias [outputs]` →
///   `[batch, places…, outputs]`, with one to three spatial axes; with `channels_first` the channels follow the batch.
/// - Throws: `TensorError.rankMismatch`, `.shapeMismatch`, `.dtypeMismatch`, `.unsupportedDType`, `.invalidArgument` for
///   strides, dilations, borders or groups that cannot be, or a window larger than the image.
/// - Source: Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016).
struct Convolution: Operator {
    let geometry: WindowGeometry
    let groups: Int
    var activation = OutputActivation.linear

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (x, kernel) = (inputs[0], inputs[1])
        try checkKernel(kernel, of: x, operator: "convolution")
        let channels = x.shape[geometry.channelAxis(of: x.shape)]
        let (perGroup, outputs) = (kernel.shape[kernel.rank - 2], kernel.shape[kernel.rank - 1])
        guard channels < 0 || perGroup < 0 || channels == perGroup.multiplied(by: groups) else {
            throw .shapeMismatch(
                operator: "convolution", left: x.shape, right: kernel.shape,
                rule: "\(channels) channels in \(groups) groups need a kernel of as many inputs")
        }
        if inputs.count > 2 {
            let bias = inputs[2]
            guard bias.dtype == x.dtype else {
                throw .dtypeMismatch(operator: "convolution", left: x.dtype, right: bias.dtype)
            }
            guard bias.rank == 1, bias.shape.accepts([outputs]) else {
                throw .shapeMismatch(
                    operator: "convolution", left: kernel.shape, right: bias.shape,
                    rule: "the bias has one element per output")
            }
        }
        var spatial: [Int] = []
        for axis in 0..<geometry.count {
            spatial.append(
                try geometry.outputExtent(
                    axis, input: x.shape[geometry.spatialAxis(axis)], kernel: kernel.shape[axis],
                    operator: "convolution"))
        }
        return [x.with(geometry.imageShape(batch: x.shape[0], spatial: spatial, channels: outputs))]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try Kernels.convolve(
            inputs[0].pointer, inputs[1].pointer, bias: inputs.count > 2 ? inputs[2].pointer : nil,
            activation: activation, into: outputs[0].pointer,
            shape(x: inputs[0].spec, kernel: inputs[1].shape, y: outputs[0].shape))
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let arrived = pass.outputGradients[0] else { return pass.inputs.map { _ in nil } }
        let (x, kernel) = (pass.inputs[0], pass.inputs[1])
        let dy = try activation.gradient(y: pass.outputs[0], dy: arrived)
        var gradients: [Tensor?] = [
            pass.needed[0] ? try backwardToInput(dy, kernel, like: x) : nil,
            pass.needed[1] ? try backwardToKernel(x, dy, like: kernel) : nil,
        ]
        if pass.inputs.count > 2 {
            let channels = geometry.channelAxis(of: dy.shape)
            gradients.append(pass.needed[2] ? try sum(dy, axes: (0..<dy.rank).filter { $0 != channels }) : nil)
        }
        return gradients
    }

    /// The three operators that are each other's gradients.
    func convolved(_ x: Tensor, _ kernel: Tensor) throws(TensorError) -> Tensor {
        try apply(Convolution(geometry: geometry, groups: groups), to: [x, kernel])[0]
    }

    func backwardToInput(_ dy: Tensor, _ kernel: Tensor, like x: Tensor) throws(TensorError) -> Tensor {
        try apply(
            TransposedConvolution(geometry: geometry, groups: groups, extents: .likeReference), to: [dy, kernel, x])[0]
    }

    func backwardToKernel(_ x: Tensor, _ dy: Tensor, like kernel: Tensor) throws(TensorError) -> Tensor {
        try apply(ConvolutionKernelGradient(geometry: geometry, groups: groups), to: [x, dy, kernel])[0]
    }

    /// What holds of a kernel whatever the images are.
    func checkKernel(_ kernel: TensorSpec, of x: TensorSpec, operator name: String) throws(TensorError) {
        try geometry.check(x, operator: name)
        guard kernel.dtype == x.dtype else {
            throw .dtypeMismatch(operator: name, left: x.dtype, right: kernel.dtype)
        }
        guard kernel.rank == geometry.count + 2 else {
            throw .rankMismatch(
                operator: name, expected: "a kernel of \(geometry.count + 2) axes", received: kernel.shape)
        }
        let outputs = kernel.shape[kernel.rank - 1]
        guard groups >= 1, outputs < 0 || outputs % groups == 0 else {
            throw .invalidArgument(
                operator: name, message: "\(outputs) outputs cannot be cut into \(groups) groups")
        }
    }

    /// Everything the kernels want to know.
    func shape(x: TensorSpec, kernel: Shape, y: Shape) -> ConvolutionShape {
        ConvolutionShape(
            axes: geometry.windowAxes(x: x.shape, y: y, kernel: Array(kernel.extents.prefix(geometry.count))),
            batch: x.shape[0], inputChannels: x.shape[geometry.channelAxis(of: x.shape)],
            outputChannels: kernel[kernel.rank - 1], groups: groups,
            channelsFirst: geometry.format == .channelsFirst, dtype: x.dtype)
    }
}

/// What arrives at the kernel of a ``Convolution`` of `x` when `dy` arrives at its result.
///
/// - Shapes: `x` and `dy` as there, and the kernel, whose elements do not matter → the kernel's shape.
struct ConvolutionKernelGradient: Operator {
    let geometry: WindowGeometry
    let groups: Int

    private var convolution: Convolution { Convolution(geometry: geometry, groups: groups) }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let expected = try convolution.outputSpecs([inputs[0], inputs[2]])[0]
        guard expected.dtype == inputs[1].dtype else {
            throw .dtypeMismatch(operator: "convolutionKernelGradient", left: expected.dtype, right: inputs[1].dtype)
        }
        guard expected.shape.accepts(inputs[1].shape) else {
            throw .shapeMismatch(
                operator: "convolutionKernelGradient", left: inputs[0].shape, right: inputs[1].shape,
                rule: "the convolution gives \(expected.shape)")
        }
        return [inputs[2]]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try Kernels.convolveBackwardToKernel(
            inputs[0].pointer, inputs[1].pointer, into: outputs[0].pointer,
            convolution.shape(x: inputs[0].spec, kernel: inputs[2].shape, y: inputs[1].shape))
    }

    /// It is linear in x and in dy: with a kernel's gradient in the place of the kernel, the other two operators.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dkernel = pass.outputGradients[0] else { return [nil, nil, nil] }
        return [
            pass.needed[0]
                ? try convolution.backwardToInput(pass.inputs[1], dkernel, like: pass.inputs[0]) : nil,
            pass.needed[1] ? try convolution.convolved(pass.inputs[0], dkernel) : nil,
            nil,
        ]
    }
}

/// The convolution of images in one to three dimensions; shapes and errors as in ``Convolution``.
///
/// - Parameters:
///   - strides: one for each spatial axis; ones by default.
///   - dilations: the distance of neighbouring taps along each axis; ones by default.
///   - groups: into how many groups of channels that do not see each other input and output are cut.
public func convolution(
    _ x: Tensor, _ kernel: Tensor, bias: Tensor? = nil, strides: [Int]? = nil, padding: WindowPadding = .valid,
    dilations: [Int]? = nil, dataFormat: DataFormat = .channelsLast, groups: Int = 1,
    activation: OutputActivation = .linear
) throws(TensorError) -> Tensor {
    let ones = Array(repeating: 1, count: max(0, x.rank - 2))
    let geometry = WindowGeometry(
        strides: strides ?? ones, dilations: dilations ?? ones, padding: padding, format: dataFormat)
    let op = Convolution(geometry: geometry, groups: groups, activation: activation)
    return try apply(op, to: bias.map { [x, kernel, $0] } ?? [x, kernel])[0]
}

extension Int {
    /// The product, or −1 where it is beyond counting, which is nobody's extent.
    func multiplied(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? -1 : product
    }
}
