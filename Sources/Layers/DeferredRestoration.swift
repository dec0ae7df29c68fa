import Operators
import TensorCore

/// Values of a checkpoint that wait for their variables to be made (N-160 to N-163).
///
/// Confined, like the layers it waits for.
final class DeferredRestoration {
    /// Let go of when all values have found their variables.
    private var source: (any RestoreSource)?
    private let names: Set<String>
    private let map: (String) -> String
    private let isUserMap: Bool
    private let networkName: String
    private let networkScopeName: String
    /// The variables that took a value, by its name; they may be gone again.
    private var restored: [String: WeakVariable] = [:]

    private struct WeakVariable {
        weak var variable: Variable?
    }

    init(
        from source: any RestoreSource, names: Set<String>, map: @escaping (String) -> String, isUserMap: Bool,
        for network: Network
    ) throws {
        self.source = source
        self.names = names
        self.map = map
        self.isUserMap = isUserMap
        networkName = try network.name
        networkScopeName = try network.scopeName
    }

    private init(copying original: DeferredRestoration) {
        source = original.source
        names = original.names
        map = original.map
        isUserMap = original.isUserMap
        networkName = original.networkName
        networkScopeName = original.networkScopeName
    }

    /// One that waits for the variables of a copy.
    func copy() -> DeferredRestoration { DeferredRestoration(copying: self) }

    /// Whether this restoration has something for the variable, restored already or not.
    func concerns(_ request: VariableRequest) -> Bool { names.contains(map(request.nameOfWhole)) }

    /// The value for a variable; nil when another one has taken it.
    ///
    /// - Throws: ValueError for a value that does not fit (N-160).
    func value(for request: VariableRequest) throws -> Tensor? {
        let name = map(request.nameOfWhole)
        if let other = restored[name]?.variable, !request.belongsTogether(with: other) { return nil }
        guard var value = try source?.tensor(named: name) else { return nil }
        if let slice = request.slice, slice.wholeShape == value.shape {
            value = try slice.cut(request.shape, from: value)
        }
        guard value.shape == request.shape, value.dtype == request.dtype else {
            throw LayerError(
                .value,
                "Received incompatible tensor with shape \(value.shape) and dtype \(value.dtype) when attempting to restore variable \(request.name) with shape \(request.shape) and dtype \(request.dtype)"
            )
        }
        return value
    }

    /// Notes that `variable`, made for `request`, took its value; a second variable under the same checkpoint name is an error
    /// (N-163).
    func note(_ variable: Variable, for request: VariableRequest) throws {
        let name = map(request.nameOfWhole)
        guard let first = restored[name]?.variable, first !== variable, !request.belongsTogether(with: first) else {
            restored[name] = WeakVariable(variable: variable)
            if names.allSatisfy({ restored[$0]?.variable != nil }) { source = nil }
            return
        }
        throw Network.namingConflict(
            name, first.checkpointName, variable.checkpointName, networkName, networkScopeName, isUserMap: isUserMap,
            function: "restore_network_checkpoint")
    }
}

extension VariableRequest {
    /// The name that a checkpoint knows it by: a part goes by the name of the whole.
    fileprivate var nameOfWhole: String { slice?.wholeName ?? name }

    /// Whether both are parts of one whole.
    fileprivate func belongsTogether(with variable: Variable) -> Bool {
        slice != nil && slice?.wholeName == variable.slice?.wholeName
    }
}

extension VariableSlice {
    /// The part of this shape out of the whole.
    public func cut(_ shape: Shape, from whole: Tensor) throws -> Tensor {
        let sizes = [start, shape[axis], whole.shape[axis] - start - shape[axis]]
        return try Context.currentOrDefault.detached.bind { try split(whole, sizes: sizes, axis: axis)[1] }
    }
}
