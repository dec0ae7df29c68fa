import Locking
import TensorCore

/// Gathers the losses that layers add while a network runs: activity regularization of layers that follow Keras.
public final class LossCollector: Sendable {
    private let collected = Lock<[Tensor]>([])

    public init() {}

    public func add(_ loss: Tensor) { collected.withLock { $0.append(loss) } }

    /// What was added, in order.
    public var losses: [Tensor] { collected.withLock { $0 } }
}
