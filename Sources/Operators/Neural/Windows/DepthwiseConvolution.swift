import TensorCore

/// A convolution of every channel by itself, with `multiplier` kernels each; result channel = channel · multiplier + kernel.
///
/// It is a ``Convolution`` in as many groups as there are channels, whose kernel lies in memory just as this one does.
///
/// - Shapes: `x [batch, spatial…, channels]`, `kernel [taps…, channels, multiplier]`, `bias [channels · multiplier]` →
///   `[batch, places…, channels · multiplier]`.
/// - Throws: as ``convolution(_:_:bias:strides:padding:dilations:dataFormat:groups:activation:)``.
/// - Source: tf.nn.depthwise_conv2d.
public func depthwiseConvolution(
    _ x: Tensor, _ kernel: Tensor, bias: Tensor? = nil, strides: [Int]? = nil, padding: WindowPadding = .valid,
    dilations: [Int]? = nil, dataFormat: DataFormat = .channelsLast, activation: OutputActivation = .linear
) throws(TensorError) -> Tensor {
    guard kernel.rank >= 3, kernel.rank == x.rank else {
        throw .rankMismatch(
            operator: "depthwiseConvolution", expected: "a kernel of as many axes as the images", received: kernel.shape
        )
    }
    let channels = x.shape[dataFormat == .channelsLast ? x.rank - 1 : 1]
    let (kernels, multiplier) = (kernel.shape[kernel.rank - 2], kernel.shape[kernel.rank - 1])
    guard kernels > 0, multiplier >= 0 else { throw .symbolic(operator: "depthwiseConvolution") }
    guard channels < 0 || channels == kernels else {
        throw .shapeMismatch(
            operator: "depthwiseConvolution", left: x.shape, right: kernel.shape,
            rule: "the kernel has one matrix for each of the \(channels) channels")
    }
    let outputs = kernels.multiplied(by: multiplier)
    guard (0...Shape.extentMax).contains(outputs) else { throw .shapeTooLarge(extents: [kernels, multiplier]) }
    let grouped = try reshape(kernel, kernel.shape.dropLast(2).extents + [1, outputs])
    return try convolution(
        x, grouped, bias: bias, strides: strides, padding: padding, dilations: dilations, dataFormat: dataFormat,
        groups: kernels, activation: activation)
}

/// A depthwise convolution followed by one of single places, which mixes the channels.
///
/// - Shapes: as ``depthwiseConvolution(_:_:bias:strides:padding:dilations:dataFormat:activation:)``, then
///   `pointwise [1…, channels · multiplier, outputs]` → `[batch, places…, outputs]`.
/// - Source: tf.nn.separable_conv2d.
public func separableConvolution(
    _ x: Tensor, depthwise: Tensor, pointwise: Tensor, bias: Tensor? = nil, strides: [Int]? = nil,
    padding: WindowPadding = .valid, dilations: [Int]? = nil, dataFormat: DataFormat = .channelsLast,
    activation: OutputActivation = .linear
) throws(TensorError) -> Tensor {
    guard pointwise.rank == x.rank, pointwise.shape.dropLast(2).extents.allSatisfy({ $0 == 1 }) else {
        throw .rankMismatch(
            operator: "separableConvolution", expected: "a pointwise kernel [1…, inputs, outputs]",
            received: pointwise.shape)
    }
    let channels = try depthwiseConvolution(
        x, depthwise, strides: strides, padding: padding, dilations: dilations, dataFormat: dataFormat)
    return try convolution(channels, pointwise, bias: bias, dataFormat: dataFormat, activation: activation)
}
