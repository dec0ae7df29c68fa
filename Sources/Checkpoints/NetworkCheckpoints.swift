import Formats
import Layers
import Operators
import TensorCore

/// Saves the variables of a network to a checkpoint.
///
/// - Parameters:
///   - path: a prefix, or an existing folder, in which the checkpoint is named after the network (N-151).
///   - globalStep: goes behind the name as `-<step>`; nil for the default global step's value, if there is one (N-152).
///   - map: from full variable names, without `:0`, to names in the checkpoint; nil to strip the network's own scope (N-153).
/// - Returns: the prefix, which ``restoreNetworkCheckpoint(_:_:map:)`` takes.
/// - Throws: ValueError before the network was first called (N-150), or when two variables get one name (N-154).
/// - Source: tfe.save_network_checkpoint (TensorFlow 1.8).
@discardableResult
public func saveNetworkCheckpoint(
    _ network: Network, _ path: String, globalStep: Int64? = nil, map: ((String) -> String)? = nil
) throws -> String {
    guard network.isBuilt else {
        throw LayerError(
            .value,
            "Attempt to save the Network before it was first called. This means variables have not yet been created, so there is nothing to save."
        )
    }
    try network.settleForRestoration()
    let variables = try network.variablesByCheckpointName(map, for: "save_network_checkpoint")
    let step = try globalStep ?? GlobalStep.current.map { try $0.storedValue.scalars(Int64.self)[0] }
    return try Saver(entries(variables), policy: .all).save(prefix(path, network), globalStep: step)
}

/// Restores a network from a checkpoint: variables that exist at once, others as they are made (N-156 to N-168).
///
/// - Parameters:
///   - path: a prefix, or a folder that holds a checkpoint named after the network, without a step.
///   - map: as it was for saving (N-164).
/// - Throws: NotFoundError for a missing checkpoint or variable, ValueError for a value that does not fit and for names
///   that collide. Then no variable has changed.
/// - Source: tfe.restore_network_checkpoint (TensorFlow 1.8).
public func restoreNetworkCheckpoint(_ network: Network, _ path: String, map: ((String) -> String)? = nil) throws {
    try network.settleForRestoration()
    let reader = try CheckpointPath(prefix(path, network)).open()
    let existing = try network.variablesByCheckpointName(map, for: "restore_network_checkpoint")
    if !existing.isEmpty { try Saver(entries(existing), policy: .all).restore(from: reader) }

    let taken = Set(existing.map(\.name))
    try network.deferRestoration(
        from: ReaderSource(reader: reader), names: Set(reader.names.filter { !taken.contains($0) }), map: map)
}

private func entries(_ variables: [(name: String, variable: Variable)]) -> [Saver.Entry] {
    variables.map { Saver.Entry(name: $0.name, variable: $0.variable, isPart: $0.variable.slice != nil) }
}

/// The prefix that a path means: in a folder, the network's name with its slashes replaced (N-151).
private func prefix(_ path: String, _ network: Network) throws -> String {
    guard try LocalFileSystem().status(path)?.isDirectory == true else { return path }
    let name = try network.name.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "_")
    return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
}

/// An open checkpoint that layers restore from.
private struct ReaderSource: RestoreSource {
    let reader: CheckpointReader

    var tensorNames: [String] { reader.names }

    func tensor(named name: String) throws -> Tensor {
        guard reader.index[name] != nil else { throw LayerError(.notFound, "Key \(name) not found in checkpoint") }
        return try reader.tensor(name)
    }
}
