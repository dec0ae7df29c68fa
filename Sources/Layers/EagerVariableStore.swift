import Locking
import Operators
import TensorCore

/// Shares variables by name when executing eagerly, as a graph does: a second layer that makes a variable of a name gets
/// the first one's.
///
/// ```swift
/// let container = EagerVariableStore()
/// for x in batches { try container.asDefault { try makeLayers(x) } }
/// ```
/// Source: tfe.EagerVariableStore (TensorFlow 1.8).
public final class EagerVariableStore: Sendable {
    private let held: Lock<[Variable]>

    public init() { held = Lock([]) }

    private init(_ variables: [Variable]) { held = Lock(variables) }

    /// Runs `body` with this as the place where layers look for their variables.
    public func asDefault<Result>(_ body: () throws -> Result) throws -> Result {
        let names = ScopeContext.current.with(eagerStore: self)
        return try Context.currentOrDefault.with(names: names).bind(body)
    }

    /// All variables, by name.
    public var variables: [Variable] { held.withLock { $0.sorted { $0.name < $1.name } } }
    public var trainableVariables: [Variable] { variables.filter(\.isTrainable) }
    public var nonTrainableVariables: [Variable] { variables.filter { !$0.isTrainable } }

    /// A store whose variables begin with the same values and go their own way.
    public func copy() throws -> EagerVariableStore {
        EagerVariableStore(
            try variables.map { variable in
                Variable(
                    name: variable.checkpointName, initialValue: try variable.value, isTrainable: variable.isTrainable,
                    constraint: variable.constraint)
            })
    }

    func variable(named name: String) -> Variable? {
        held.withLock { variables in variables.first { $0.checkpointName == name } }
    }

    func add(_ variable: Variable) { held.withLock { $0.append(variable) } }
}
