import TensorCore

/// The mean of the elements of each window that exist, channel by channel: padding does not count.
///
/// - Shapes: as ``MaxPooling``.
/// - Source: tf.nn.avg_pool (TensorFlow 1.8).
struct AveragePooling: UnaryOperator {
    let window: PoolingWindow

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try window.outputSpec(x, operator: "averagePooling")
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        try Kernels.pool(x.pointer, largest: false, into: y.pointer, window.shape(x: x.spec, y: y.shape))
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(AveragePoolingGradient(window: window), to: dy, x)
    }
}

/// `dy` shared out evenly over each window; of dy and a tensor of x's shape, whose elements do not matter.
struct AveragePoolingGradient: BinaryOperator {
    let window: PoolingWindow

    func outputSpec(_ dy: TensorSpec, _ x: TensorSpec) throws(TensorError) -> TensorSpec {
        try window.check(x, gives: dy, operator: "averagePoolingGradient")
        return x
    }

    func forward(_ dy: Tensor, _ x: Tensor, into dx: inout TensorBuffer) throws(TensorError) {
        try Kernels.poolMeanBackward(dy.pointer, into: dx.pointer, window.shape(x: x.spec, y: dy.shape))
    }

    func gradients(
        x dy: Tensor, y x: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        (needed[0] ? try apply(AveragePooling(window: window), to: dz) : nil, nil)
    }
}

/// The mean of each window; shapes and errors as in ``AveragePooling``, parameters as for
/// ``maxPooling(_:_:strides:padding:dilations:dataFormat:)``.
public func averagePooling(
    _ x: Tensor, _ extents: [Int], strides: [Int]? = nil, padding: WindowPadding = .valid, dilations: [Int]? = nil,
    dataFormat: DataFormat = .channelsLast
) throws(TensorError) -> Tensor {
    try apply(AveragePooling(window: .asked(extents, strides, dilations, padding, dataFormat)), to: x)
}
