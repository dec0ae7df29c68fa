import TensorCore

/// `p = x − a·g`, `x ← sign(p)·max(|p| − a·l₁, 0)/(1 + a·l₂)`. Rows of a sparse gradient move alone.
///
/// - Source: tf.train.ProximalGradientDescentOptimizer (TensorFlow 1.8); Duchi, Singer, *Efficient Learning using
///   Forward-Backward Splitting* (2009).
public struct ProximalGradientDescent: ElementwiseRule {
    public let l1: Double
    public let l2: Double

    public init(l1: Double = 0, l2: Double = 0) {
        self.l1 = l1
        self.l2 = l2
    }

    public var name: String { "ProximalGradientDescent" }
    public var sparseTreatment: SparseTreatment { .rows }
    public var kernel: UpdateKernel { .proximalGradientDescent }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers {
        [0, moment.learningRate, rounded(l1), rounded(l2), 0, 0, 0, 0]
    }
}

extension ProximalGradientDescent {
    init(configuration: Configuration) throws {
        self.init(
            l1: try configuration.number("l1_regularization_strength", default: 0),
            l2: try configuration.number("l2_regularization_strength", default: 0))
    }
}
