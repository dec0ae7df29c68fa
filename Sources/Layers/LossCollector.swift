import Locking
import Operators
import TensorCore

/// Gathers the losses that layers add while a network runs: activity regularization of layers that follow Keras.
public final class LossCollector: Sendable {
    private let collected = Lock<[Tensor]>([])

    public init() {}

    public func add(_ loss: Tensor) { collected.withLock { $0.append(loss) } }

    /// Runs `body` and gathers the losses of the layers that it calls.
    public func collect<Result>(_ body: () throws -> Result) throws -> Result {
        try Context.currentOrDefault.with(names: ScopeContext.current.with(losses: self)).bind(body)
    }

    /// What was added, in order.
    public var losses: [Tensor] { collected.withLock { $0 } }
}
