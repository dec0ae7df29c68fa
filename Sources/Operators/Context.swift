import Synchronization
import TensorCore

/// What surrounds a computation: the graph being built, the tapes that are open, the store and the names that new
/// variables go to, the source of random numbers, what is done about NaN.
///
/// A context never changes; binding another one for the length of a closure is how it varies. It is a task-local
/// value, read once per public entry and handed down. Where none is bound, operators run eagerly and unobserved.
public final class Context: Sendable {
    struct Settings: Sendable {
        var graph: Graph?
        var tapes: [GradientTape] = []
        var store: VariableStore?
        var names: (any ContextNames)?
        var random: RandomGenerator?
        var nanGuard: NaNGuard?
        var controlInputs: [GraphOperation] = []
        var product = Kernels.Product.fast
    }

    private let settings: Settings
    // What every operator asks first. The tape is held by the settings; asked for here, it costs no reference count.
    let buildsGraph: Bool
    private let onlyTape: Unmanaged<GradientTape>?
    private let guardsNaN: Bool

    public convenience init(
        graph: Graph? = nil, tapes: [GradientTape] = [], store: VariableStore? = nil, names: (any ContextNames)? = nil
    ) {
        self.init(Settings(graph: graph, tapes: tapes, store: store, names: names))
    }

    private init(_ settings: Settings) {
        var settings = settings
        settings.nanGuard = settings.nanGuard ?? .processDefault
        self.settings = settings
        buildsGraph = settings.graph != nil
        onlyTape = settings.tapes.count == 1 ? .passUnretained(settings.tapes[0]) : nil
        guardsNaN = settings.nanGuard?.isActive ?? false
    }

    /// The graph that operators are added to; nil for eager execution.
    public var graph: Graph? { settings.graph }
    /// Open tapes, outermost first.
    public var tapes: [GradientTape] { settings.tapes }
    /// Where new variables keep their values.
    public var store: VariableStore? { settings.store }
    /// What the floor of layers keeps here: scopes and the names already given.
    public var names: (any ContextNames)? { settings.names }
    /// Where random numbers come from; nil for the process's own generator.
    public var random: RandomGenerator? { settings.random }
    /// How matrices are multiplied where the caller of ``matmul`` does not say.
    public var product: Kernels.Product { settings.product }
    /// What every new operation of a graph waits for.
    var controlInputs: [GraphOperation] { settings.controlInputs }

    // MARK: The current context

    @TaskLocal private static var bound: Context?

    /// Contexts bound anywhere in this process, and one more while the process guards against NaN. While it is zero,
    /// nobody looks the task-local value up.
    @usableFromInline static let attention = Atomic<Int>(0)

    /// Whether an operator must ask for its context at all.
    @inlinable static var mayBeBound: Bool { attention.load(ordering: .relaxed) != 0 }

    /// The context of this task, nil for plain eager execution.
    public static var current: Context? { mayBeBound ? bound : nil }

    /// The same, or what stands for the process's NaN guard where no context is bound.
    @usableFromInline static var observing: Context? { bound ?? NaNGuard.processContext }

    /// Runs `body` with this context as the current one.
    public func bind<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        Context.attention.wrappingAdd(1, ordering: .relaxed)
        defer { Context.attention.wrappingSubtract(1, ordering: .relaxed) }
        // `withValue` erases the type of what it throws, so the outcome is carried through it.
        let outcome = Context.$bound.withValue(self) { () -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// The current context, or an empty one.
    public static var currentOrDefault: Context { current ?? Context() }

    // MARK: Variations

    public func with(graph: Graph?) -> Context { changed { $0.graph = graph } }
    public func with(store: VariableStore?) -> Context { changed { $0.store = store } }
    public func with(names: (any ContextNames)?) -> Context { changed { $0.names = names } }
    /// With another source of random numbers: as though the program's seed were that generator's.
    public func with(random: RandomGenerator?) -> Context { changed { $0.random = random } }
    public func with(product: Kernels.Product) -> Context { changed { $0.product = product } }
    public func with(nanGuard: NaNGuard) -> Context { changed { $0.nanGuard = nanGuard } }
    /// Eager and unobserved, with the same store, names and random numbers: for the first values of variables.
    public var detached: Context {
        changed { settings in
            settings.graph = nil
            settings.tapes = []
            settings.controlInputs = []
        }
    }
    /// With all tapes paused.
    public func withoutTapes() -> Context { changed { $0.tapes = [] } }
    func with(tape: GradientTape) -> Context { changed { $0.tapes.append(tape) } }
    func adding(controlInputs: [GraphOperation]) -> Context { changed { $0.controlInputs += controlInputs } }

    private func changed(_ change: (inout Settings) -> Void) -> Context {
        var settings = settings
        change(&settings)
        return Context(settings)
    }

    // MARK: Observing what was applied eagerly, or added to a graph

    func observe<O: UnaryOperator>(_ op: O, _ x: Tensor, _ y: Tensor) throws(TensorError) {
        if guardsNaN { try settings.nanGuard?.check(y, of: op.name) }
        if let onlyTape {
            onlyTape._withUnsafeGuaranteedRef { $0.record(op, x, y) }
        } else if !settings.tapes.isEmpty {
            for tape in settings.tapes { tape.record(op, x, y) }
        }
    }

    func observe<O: BinaryOperator>(_ op: O, _ x: Tensor, _ y: Tensor, _ z: Tensor) throws(TensorError) {
        if guardsNaN { try settings.nanGuard?.check(z, of: op.name) }
        if let onlyTape {
            onlyTape._withUnsafeGuaranteedRef { $0.record(op, x, y, z) }
        } else if !settings.tapes.isEmpty {
            for tape in settings.tapes { tape.record(op, x, y, z) }
        }
    }

    func observe(_ op: some Operator, _ inputs: [Tensor], _ outputs: [Tensor]) throws(TensorError) {
        if guardsNaN { for output in outputs { try settings.nanGuard?.check(output, of: op.name) } }
        for tape in settings.tapes { tape.record(op, inputs, outputs) }
    }
}

/// What the floor of layers keeps in a context. This floor only carries it.
public protocol ContextNames: AnyObject, Sendable {}

/// Whether operators run at once here, rather than being added to a graph.
public var executesEagerly: Bool { Context.current?.graph == nil }

/// Runs `body` unseen by the open tapes.
public func withoutRecording<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let context = Context.current, !context.tapes.isEmpty else { return try body() }
    return try context.withoutTapes().bind(body)
}
