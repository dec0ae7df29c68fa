import Locking
import Operators
import TensorCore

/// The names that layers and scopes have taken: one registry for each graph, each model of a server, and the
/// process's own eager world.
public final class NameRegistry: Sendable {
    private struct State: Sendable {
        var counter = NameCounter()
        var variableCount: UInt64 = 0
        /// How often each variable scope is counted as open; what makes the next default name unique.
        var scopeCounts: [String: Int] = [:]
        /// Every scope that was ever opened.
        var openedScopes: Set<String> = []
        /// Tensors that come from an input layer, or from a layer that recorded the call (N-111).
        var tensorsWithHistory: Set<UInt64> = []
        /// The variables of a graph by their full names, as long as anyone holds them.
        var variables: [String: WeakVariable] = [:]
        var globalStep: Variable?
    }

    /// Where names go while no context says otherwise.
    public static let process = NameRegistry()

    private let state = Lock(State())

    /// The tensors and variables that TensorFlow keeps in a graph's collections.
    public let collections = GraphCollections()

    /// The masks of a graph's tensors.
    let masks = MaskTable()

    /// - Parameter seed: what the first values of variables follow from.
    public init(seed: UInt64 = .random(in: .min ... .max)) { self.seed = seed }

    private let seed: UInt64

    /// Random numbers for the next variable's first value.
    func nextRandomStream() -> RandomStream {
        state.withLock { state in
            state.variableCount += 1
            return RandomStream(key: seed, stream: state.variableCount)
        }
    }

    /// A name made of `base` and a number that was not given before, as ``NameCounter`` counts.
    func uniqueName(
        _ base: String, in namespace: String = "", isZeroBased: Bool,
        avoiding isTaken: (String) -> Bool = { _ in false }
    ) -> String {
        while true {
            let name = state.withLock { $0.counter.next(base, in: namespace, isZeroBased: isZeroBased) }
            if !isTaken(name) { return name }
        }
    }

    /// Whether a variable scope of this full name was ever opened (N-10).
    public func wasOpened(_ scopeName: String) -> Bool { state.withLock { $0.openedScopes.contains(scopeName) } }

    /// `base`, or `base_1`, `base_2` … if scopes of those names are counted under `parent`.
    func uniqueScopeName(_ base: String, in parent: String) -> String {
        state.withLock { state in
            let prefix = parent.isEmpty ? base : parent + "/" + base
            if state.scopeCounts[prefix, default: 0] == 0 { return base }
            var number = 1
            while state.scopeCounts["\(prefix)_\(number)", default: 0] > 0 { number += 1 }
            return "\(base)_\(number)"
        }
    }

    func open(_ scopeName: String) {
        state.withLock { state in
            state.scopeCounts[scopeName, default: 0] += 1
            state.openedScopes.insert(scopeName)
        }
    }

    /// Leaving a scope forgets how often its inner ones were opened, so that entering it again names them alike.
    func closeInnerScopes(of scopeName: String) {
        state.withLock { state in
            let prefix = scopeName + "/"
            for name in state.scopeCounts.keys where name.hasPrefix(prefix) { state.scopeCounts[name] = 0 }
        }
    }

    /// The counts of open scopes, to be put back when a scope that was entered a second time is left.
    var scopeCounts: [String: Int] {
        get { state.withLock { $0.scopeCounts } }
        set { state.withLock { $0.scopeCounts = newValue } }
    }

    // MARK: Variables

    /// A variable that its layer keeps alive, not its name.
    private struct WeakVariable: @unchecked Sendable {
        // Sendable because the reference is set once and only the runtime zeroes it.
        weak var variable: Variable?
    }

    func variable(named name: String) -> Variable? { state.withLock { $0.variables[name]?.variable } }

    func note(_ variable: Variable) {
        state.withLock { $0.variables[variable.checkpointName] = WeakVariable(variable: variable) }
    }

    var globalStep: Variable? {
        get { state.withLock { $0.globalStep } }
        set { state.withLock { $0.globalStep = newValue } }
    }

    // MARK: Layer history

    func noteHistory(of tensors: [Tensor]) {
        state.withLock { $0.tensorsWithHistory.formUnion(tensors.map(\.id)) }
    }

    func haveHistory(_ tensors: [Tensor]) -> Bool {
        state.withLock { state in tensors.allSatisfy { state.tensorsWithHistory.contains($0.id) } }
    }
}
