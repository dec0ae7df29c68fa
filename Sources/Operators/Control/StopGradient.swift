import TensorCore

/// Its input, through which no gradient flows.
struct StopGradient: ViewOperator, StepOperator {
    func outputSpec(_ x: TensorSpec) -> TensorSpec { x }
}

/// `x` as a constant to any gradient.
///
/// - Source: tf.stop_gradient (TensorFlow 1.8).
public func stopGradient(_ x: Tensor) throws(TensorError) -> Tensor { try apply(StopGradient(), to: x) }

/// Its input under an identity of its own.
struct Identity: ViewOperator {
    func outputSpec(_ x: TensorSpec) -> TensorSpec { x }
    func gradient(x: Tensor, y: Tensor, dy: Tensor) -> Tensor { dy }
}

/// `x` under an identity of its own, so that a gradient can be asked of just this use of it.
public func identity(_ x: Tensor) throws(TensorError) -> Tensor { try apply(Identity(), to: x) }
