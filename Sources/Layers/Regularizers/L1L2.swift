import Formats
import Operators
import TensorCore

/// A penalty on the size of a variable: `l1 · Σ|w| + l2 · Σw²`.
///
/// - Source: tf.keras.regularizers (TensorFlow 1.8).
public struct L1L2: Regularizer {
    public let l1: Double
    public let l2: Double

    public init(l1: Double = 0, l2: Double = 0) {
        self.l1 = l1
        self.l2 = l2
    }

    public func callAsFunction(_ value: Tensor) throws -> Tensor? {
        var loss: Tensor?
        if l1 != 0 { loss = try l1 * sum(abs(value)) }
        if l2 != 0 {
            let squares = try l2 * sum(square(value))
            loss = if let absolute = loss { try absolute + squares } else { squares }
        }
        return try loss ?? Tensor.zeros([], value.dtype)
    }

    public var namedConfiguration: NamedConfiguration? {
        switch (l1, l2) {
        case (_, 0) where l1 != 0: .regularizer("L1", [("l1", .double(l1))])
        case (0, _) where l2 != 0: .regularizer("L2", [("l2", .double(l2))])
        default: .regularizer("L1L2", [("l1", .double(l1)), ("l2", .double(l2))])
        }
    }
}

extension Regularizer where Self == L1L2 {
    public static func l1(_ scale: Double = 0.01) -> L1L2 { L1L2(l1: scale) }
    public static func l2(_ scale: Double = 0.01) -> L1L2 { L1L2(l2: scale) }
    public static func l1l2(_ l1: Double = 0.01, _ l2: Double = 0.01) -> L1L2 { L1L2(l1: l1, l2: l2) }
}
