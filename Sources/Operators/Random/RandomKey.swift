import TensorCore

/// The source of a random operator's numbers in a graph: another key at each run, the same for the same state.
///
/// Random operators themselves are pure functions of a key, so that all that is random about them is here.
///
/// - Shapes: → uint64 `[2]`, a key and a stream as in ``RandomStream``.
struct RandomKey: StatefulOperator {
    static let spec = TensorSpec([2], .uint64)

    /// Which source of the program it is.
    let number: UInt64
    /// The seed of its own; nil for the run's.
    let seed: UInt64?

    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [RandomKey.spec] }

    func evaluate(_ inputs: [Tensor], in run: inout GraphRun) -> [Tensor] { [key(in: run.random)] }

    func run(_ frame: inout Frame, _ step: borrowing PlanStep) { frame[step.firstOutput] = key(in: frame.random) }

    private func key(in state: RandomState) -> Tensor {
        Tensor(RandomState(seed: seed ?? state.seed, run: state.run).key(number))
    }
}

extension Tensor {
    /// A key as a tensor.
    init(_ stream: RandomStream) { self.init([2], [stream.key, stream.stream]) }
}

extension RandomStream {
    /// The stream of a key.
    init(_ key: Tensor) {
        let parts = key.pointer(to: UInt64.self)
        self.init(key: parts[0], stream: parts[1])
        withExtendedLifetime(key) {}
    }
}

/// A key for random operators: drawn at once eagerly, in a graph or plan at each run.
///
/// - Parameter generator: what to draw from; by default the context's. In a graph only its seed counts, and only when it
///   is given: the run brings the rest.
public func randomKey(from generator: RandomGenerator? = nil) throws(TensorError) -> Tensor {
    let context = Context.current
    if let graph = context?.graph {
        let source = RandomKey(number: graph.nextRandomKeyNumber(), seed: generator?.position.state.seed)
        return try graph.add(source, [], controlInputs: context?.controlInputs ?? [])[0]
    }
    return Tensor((generator ?? context?.random ?? .processDefault).nextKey())
}

/// The key that a seed stands for: the same numbers at every use.
public func randomKey(seed: UInt64) -> Tensor { Tensor(RandomStream(key: seed)) }

/// Refuses what is no key.
func requireKey(_ key: TensorSpec, operator name: @autoclosure () -> String) throws(TensorError) {
    guard key.dtype == .uint64 else { throw .unsupportedDType(operator: name(), received: key.dtype) }
    guard key.shape.accepts([2]) else {
        throw .rankMismatch(operator: name(), expected: "a random key of shape [2]", received: key.shape)
    }
}
