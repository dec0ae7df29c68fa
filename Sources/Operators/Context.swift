import Synchronization
import TensorCore

/// What surrounds a computation: the graph being built, the tapes that are open, the store and the names that new
/// variables go to, the source of random numbers.
///
/// A context never changes; binding another one for the length of a closure is how it varies. It is a task-local
/// value, read once per public entry and handed down. Where none is bound, operators run eagerly and unobserved.
public final class Context: Sendable {
    /// The graph that operators are added to; nil for eager execution.
    public let graph: Graph?
    /// Open tapes, outermost first.
    public let tapes: [GradientTape]
    /// Where new variables keep their values.
    public let store: VariableStore?
    /// What the floor of layers keeps here: scopes and the names already given.
    public let names: (any ContextNames)?

    public init(
        graph: Graph? = nil, tapes: [GradientTape] = [], store: VariableStore? = nil, names: (any ContextNames)? = nil
    ) {
        self.graph = graph
        self.tapes = tapes
        self.store = store
        self.names = names
    }

    @TaskLocal private static var bound: Context?

    /// Contexts bound anywhere in this process. While it is zero, nobody looks the task-local value up.
    private static let boundCount = Atomic<Int>(0)

    /// The context of this task, nil for plain eager execution.
    @inline(__always)
    public static var current: Context? {
        boundCount.load(ordering: .relaxed) == 0 ? nil : bound
    }

    /// Runs `body` with this context as the current one.
    public func bind<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        Context.boundCount.wrappingAdd(1, ordering: .relaxed)
        defer { Context.boundCount.wrappingSubtract(1, ordering: .relaxed) }
        // `withValue` erases the type of what it throws, so the outcome is carried through it.
        let outcome = Context.$bound.withValue(self) { () -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// The current context, or an empty one.
    public static var currentOrDefault: Context { current ?? Context() }

    public func with(graph: Graph?) -> Context { Context(graph: graph, tapes: tapes, store: store, names: names) }
    public func with(store: VariableStore?) -> Context {
        Context(graph: graph, tapes: tapes, store: store, names: names)
    }
    public func with(names: (any ContextNames)?) -> Context {
        Context(graph: graph, tapes: tapes, store: store, names: names)
    }
    func with(tape: GradientTape) -> Context {
        Context(graph: graph, tapes: tapes + [tape], store: store, names: names)
    }
    /// Eager and unobserved, with the same store and names: for the first values of variables.
    public var detached: Context { Context(store: store, names: names) }

    /// Lets the open tapes see an operator that was applied eagerly.
    @usableFromInline
    func observe(_ op: some Operator, _ inputs: [Tensor], _ outputs: [Tensor]) throws(TensorError) {
        for tape in tapes { tape.record(op, inputs, outputs) }
    }
}

/// What the floor of layers keeps in a context. This floor only carries it.
public protocol ContextNames: AnyObject, Sendable {}

/// Whether operators run at once here, rather than being added to a graph.
public var executesEagerly: Bool { Context.current?.graph == nil }
