import Formats
import Operators
import TensorCore

/// The penalties of tf.contrib.layers: `l1 · Σ|w| + l2 · Σw² / 2`. The half is what sets them apart from ``L1L2``.
///
/// - Source: tf.contrib.layers.l1_regularizer, l2_regularizer, l1_l2_regularizer (TensorFlow 1.8).
public struct ContribRegularizer: Regularizer {
    public let l1: Double
    public let l2: Double

    public init(l1: Double = 0, l2: Double = 0) {
        self.l1 = l1
        self.l2 = l2
    }

    public func callAsFunction(_ value: Tensor) throws -> Tensor? {
        // A scale of zero is no regularizer at all there.
        l1 == 0 && l2 == 0 ? nil : try L1L2(l1: l1, l2: l2 / 2)(value)
    }

    public var namedConfiguration: NamedConfiguration? {
        let settings: [(String, JSONValue)] =
            l2 == 0
            ? [("scale", .double(l1))]
            : l1 == 0 ? [("scale", .double(l2))] : [("scale_l1", .double(l1)), ("scale_l2", .double(l2))]
        let name = l2 == 0 ? "l1_regularizer" : l1 == 0 ? "l2_regularizer" : "l1_l2_regularizer"
        return NamedConfiguration(name, JSONObject(settings), module: nil)
    }
}

extension Regularizer where Self == ContribRegularizer {
    /// `scale · Σ|w|`
    public static func contribL1(_ scale: Double) -> ContribRegularizer { ContribRegularizer(l1: scale) }
    /// `scale · Σw² / 2`
    public static func contribL2(_ scale: Double) -> ContribRegularizer { ContribRegularizer(l2: scale) }
    /// `l1 · Σ|w| + l2 · Σw² / 2`
    public static func contribL1L2(_ l1: Double = 1, _ l2: Double = 1) -> ContribRegularizer {
        ContribRegularizer(l1: l1, l2: l2)
    }
}
