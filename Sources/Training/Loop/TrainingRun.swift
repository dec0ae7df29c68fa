import Layers
import Operators

/// A fit while it goes on, as callbacks see and steer it.
public final class TrainingRun {
    public let loop: TrainingLoop
    /// How many epochs there are to be, those before the first counted in.
    public let epochs: Int
    public let firstEpoch: Int
    /// The epoch that goes on, counted from 0.
    public private(set) var epoch: Int
    /// How many batches it has.
    public private(set) var batchCount = 0
    /// Whether no further batch is to be learned from.
    public private(set) var isStopping = false

    init(_ loop: TrainingLoop, epochs: Int, firstEpoch: Int) {
        self.loop = loop
        self.epochs = epochs
        self.firstEpoch = firstEpoch
        epoch = firstEpoch
    }

    func begin(_ epoch: Int, batchCount: Int) {
        self.epoch = epoch
        self.batchCount = batchCount
    }

    /// Ends the fit: at once within an epoch, which is then not validated, else before the next.
    public func stop() { isStopping = true }

    public var network: Network { loop.network }
    public var optimizer: Optimizer { loop.optimizer }

    /// How many steps the variables have seen.
    public var step: Int64 { network.variableStore.step }

    /// Everything that a fit changes: the network's variables, then the optimizer's.
    public var variables: [Variable] { network.variables + optimizer.variables }
}
