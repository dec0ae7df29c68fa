import Operators
import TensorCore

/// The batches of one pass over examples, in their order or in one that follows from a seed and the epoch.
///
/// It is a value that anybody can walk, and walk again: a loop, a job that goes on after a restart, a test.
public struct EpochBatches: Sendable {
    public let examples: Examples
    public let batchSize: Int
    /// Whether a last batch of fewer examples is left out.
    public let dropsRemainder: Bool
    /// Where the examples come from, int64; nil for their own order.
    private let order: Tensor?

    /// - Parameters:
    ///   - seed: of the order; nil for the examples' own. Each epoch has another one.
    /// - Throws: ValueError for a batch size below one; `TensorError.outOfMemory`.
    public init(
        _ examples: Examples, batchSize: Int, shuffledBy seed: UInt64? = nil, epoch: Int = 0,
        dropsRemainder: Bool = false
    ) throws {
        guard batchSize > 0 else {
            throw TrainingError(.value, "the batch size must be at least 1, but it is \(batchSize)")
        }
        self.examples = examples
        self.batchSize = batchSize
        self.dropsRemainder = dropsRemainder
        order = try seed.map { try EpochBatches.order(examples.count, seed: $0, epoch: epoch) }
    }

    /// The places of examples in the order of an epoch, int64 `[count]`.
    public static func order(_ count: Int, seed: UInt64, epoch: Int) throws(TensorError) -> Tensor {
        let places = try Tensor(uninitialized: TensorSpec([count], .int64))
        var buffer = places.buffer
        Kernels.permutation(RandomStream(key: seed, stream: UInt64(bitPattern: Int64(epoch))), into: &buffer)
        return places
    }

    /// How many batches there are.
    public var count: Int {
        dropsRemainder ? examples.count / batchSize : (examples.count + batchSize - 1) / batchSize
    }

    /// One of them.
    ///
    /// - Precondition: the number lies in `0 ..< count`.
    public func batch(_ number: Int) throws(TensorError) -> Examples {
        let range = number * batchSize..<min((number + 1) * batchSize, examples.count)
        guard let order else { return examples.slice(range) }
        return try examples.picked(order.slice(from: range.lowerBound, as: [range.count]))
    }
}
