import Operators
import TensorCore

/// Values of a checkpoint that wait for their variables to be made (N-160 to N-163).
///
/// Confined, like the layers it waits for.
final class DeferredRestoration {
    private let source: any RestoreSource
    private let checkpointName: (String) -> String
    private let isUserMap: Bool
    private let networkName: String
    private let networkScopeName: String
    private var waiting: Set<String>
    private var restored: [String: Variable] = [:]

    init(
        from source: any RestoreSource, names: Set<String>, map checkpointName: @escaping (String) -> String,
        isUserMap: Bool, for network: Network
    ) throws {
        self.source = source
        self.waiting = names
        self.checkpointName = checkpointName
        self.isUserMap = isUserMap
        networkName = try network.name
        networkScopeName = try network.scopeName
        known = names
    }

    private let known: Set<String>

    /// Whether this restoration has something for the variable, restored already or not.
    func concerns(_ variableName: String) -> Bool { known.contains(checkpointName(variableName)) }

    /// The waiting value for a variable, once.
    func value(for variableName: String) throws -> Tensor? {
        let name = checkpointName(variableName)
        guard waiting.contains(name) else { return nil }
        return try source.tensor(named: name)
    }

    /// Notes that `variable` took its value; a second variable under the same checkpoint name is an error (N-163).
    func note(_ variable: Variable) throws {
        let name = checkpointName(variable.checkpointName)
        waiting.remove(name)
        guard let first = restored[name], first !== variable else {
            restored[name] = variable
            return
        }
        throw Network.namingConflict(
            name, first.checkpointName, variable.checkpointName, networkName, networkScopeName, isUserMap: isUserMap,
            function: "restore_network_checkpoint")
    }
}
