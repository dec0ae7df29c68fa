import Locking
import Synchronization
import TensorCore

/// Where one run of a graph or a plan takes its random numbers from: the same state gives the same numbers, another
/// `run` fresh ones.
public struct RandomState: Sendable, Hashable {
    public var seed: UInt64
    /// Which run; a training loop may give its step.
    public var run: UInt64

    public init(seed: UInt64, run: UInt64 = 0) {
        self.seed = seed
        self.run = run
    }

    /// The key of the source that is `number`th in its program.
    func key(_ number: UInt64) -> RandomStream {
        let block = RandomStream(key: seed, stream: run).block(number)
        return RandomStream(
            key: UInt64(block[0]) | UInt64(block[1]) << 32, stream: UInt64(block[2]) | UInt64(block[3]) << 32)
    }
}

/// Hands out keys for random numbers, one after the other.
///
/// Eager operators draw from the generator of their context, or else from the process's own. A generator made with the
/// state of a plan's run gives an eager body the very numbers that the plan gets.
public final class RandomGenerator: Sendable {
    private let state: Lock<(random: RandomState, drawn: UInt64)>

    public init(seed: UInt64) { state = Lock((RandomState(seed: seed), 0)) }

    public init(_ state: RandomState) { self.state = Lock((state, 0)) }

    /// Goes on where a generator with this state and as many draws was.
    public init(_ state: RandomState, drawn: UInt64) { self.state = Lock((state, drawn)) }

    /// Begins anew.
    public func reset(seed: UInt64) { state.withLock { $0 = (RandomState(seed: seed), 0) } }

    /// The seed and how many keys were drawn: what a checkpoint keeps.
    public var position: (state: RandomState, drawn: UInt64) { state.withLock { ($0.random, $0.drawn) } }

    func nextKey() -> RandomStream {
        state.withLock { state in
            defer { state.drawn &+= 1 }
            return state.random.key(state.drawn)
        }
    }

    /// A state of its own for each run of a graph or plan.
    public func nextState() -> RandomState {
        let key = nextKey()
        return RandomState(seed: key.key, run: key.stream)
    }

    /// A generator whose numbers have nothing to do with this one's further ones.
    public func split() -> RandomGenerator { RandomGenerator(nextState()) }

    /// The process's own; it begins with a seed from the system.
    public static let processDefault = RandomGenerator(seed: UInt64.random(in: .min ... .max))

    /// The current context's, or the process's own.
    public static var current: RandomGenerator { Context.current?.random ?? processDefault }
}

/// Makes the random numbers that the process draws from here on repeatable.
///
/// - Source: tf.set_random_seed (TensorFlow 1.8).
public func setRandomSeed(_ seed: UInt64) { RandomGenerator.processDefault.reset(seed: seed) }

/// Runs `body` with random numbers from `generator`.
public func withRandomGenerator<Result, Failure: Error>(
    _ generator: RandomGenerator, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    try Context.currentOrDefault.with(random: generator).bind(body)
}
