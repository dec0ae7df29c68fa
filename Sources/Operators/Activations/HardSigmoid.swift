import TensorCore

/// `y = min(max(x/5 + 1/2, 0), 1)`
///
/// - Source: tf.keras.activations.hard_sigmoid (TensorFlow 1.8).
struct HardSigmoid: ElementwiseOperator {
    static var kernel: UnaryKernel { .hardSigmoid }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try apply(HardSigmoidSlope(), to: x, dy)
    }
}

/// `dx = dy / 5` where `−2.5 ≤ x ≤ 2.5`, else 0.
struct HardSigmoidSlope: SlopeOperator {
    static var kernel: BinaryKernel { .hardSigmoidGradient }

    func curvature(_ x: Tensor) -> Tensor? { nil }
}

/// A sigmoid of three straight lines, element by element.
public func hardSigmoid(_ x: Tensor) throws(TensorError) -> Tensor { try apply(HardSigmoid(), to: x) }
