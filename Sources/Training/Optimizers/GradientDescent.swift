import TensorCore

/// `x ← x − a·g`
///
/// - Source: tf.train.GradientDescentOptimizer (TensorFlow 1.8).
public struct GradientDescent: ElementwiseRule {
    public init() {}

    public var name: String { "GradientDescent" }
    public var sparseTreatment: SparseTreatment { .rows }
    public var kernel: UpdateKernel { .gradientDescent }

    public func numbers(_ moment: MomentValues) -> UpdateKernel.Numbers { [0, moment.learningRate, 0, 0, 0, 0, 0, 0] }
}
