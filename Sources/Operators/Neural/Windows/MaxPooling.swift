import TensorCore

/// The largest element of each window, channel by channel.
///
/// - Shapes: `x [batch, spatial…, channels]` → `[batch, places…, channels]`, with one to three spatial axes; with
///   `channels_first` the channels follow the batch.
/// - Throws: as ``PoolingWindow``.
/// - Source: tf.nn.max_pool (TensorFlow 1.8).
struct MaxPooling: UnaryOperator {
    let window: PoolingWindow

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try window.outputSpec(x, operator: "maxPooling")
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try Kernels.pool(x.pointer, largest: true, into: y.pointer, window.shape(x: x.spec, y: y.shape))
    }

    /// What arrives at a window goes to the first of its largest elements.
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(MaxPoolingGradient(window: window), to: [x, y, dy])[0]
    }
}

/// `dy` at the first largest element of each window of `x`, added up where windows overlap; of (x, y, dy).
struct MaxPoolingGradient: Operator {
    let window: PoolingWindow

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        try window.check(inputs[0], gives: inputs[1], operator: "maxPoolingGradient")
        try window.check(inputs[0], gives: inputs[2], operator: "maxPoolingGradient")
        return [inputs[0]]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try Kernels.poolLargestBackward(
            inputs[0].pointer, inputs[1].pointer, inputs[2].pointer, into: outputs[0].pointer,
            window.shape(x: inputs[0].spec, y: inputs[1].shape))
    }

    /// It is linear in dy; in x and y it only jumps.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard pass.needed[2], let arrived = pass.outputGradients[0] else { return [nil, nil, nil] }
        return [
            nil, nil,
            try apply(MaxPoolingPick(window: window), to: [pass.inputs[0], pass.inputs[1], arrived])[0],
        ]
    }
}

/// The element of `g` where `x` has the first largest element of each window; of (x, y, g).
struct MaxPoolingPick: Operator {
    let window: PoolingWindow

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        try window.check(inputs[0], gives: inputs[1], operator: "maxPoolingPick")
        try window.check(inputs[2], gives: inputs[1], operator: "maxPoolingPick")
        return [inputs[1]]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try Kernels.poolLargestPick(
            inputs[0].pointer, inputs[1].pointer, inputs[2].pointer, into: outputs[0].pointer,
            window.shape(x: inputs[0].spec, y: inputs[1].shape))
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard pass.needed[2], let arrived = pass.outputGradients[0] else { return [nil, nil, nil] }
        return [
            nil, nil,
            try apply(MaxPoolingGradient(window: window), to: [pass.inputs[0], pass.inputs[1], arrived])[0],
        ]
    }
}

/// The largest element of each window; shapes and errors as in ``MaxPooling``.
///
/// - Parameters:
///   - extents: of the window along each spatial axis.
///   - strides: the window's own extents by default.
public func maxPooling(
    _ x: Tensor, _ extents: [Int], strides: [Int]? = nil, padding: WindowPadding = .valid, dilations: [Int]? = nil,
    dataFormat: DataFormat = .channelsLast
) throws(TensorError) -> Tensor {
    try apply(MaxPooling(window: .asked(extents, strides, dilations, padding, dataFormat)), to: x)
}
