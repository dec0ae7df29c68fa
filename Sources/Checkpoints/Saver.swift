import Formats
import Layers
import Operators
import TensorCore

/// Saves variables to numbered checkpoints and restores them, keeping the newest few.
///
/// Source: tf.train.Saver and tfe.Saver (TensorFlow 1.8).
public final class Saver {
    private let variables: [(name: String, variable: Variable)]
    private let policy: CheckpointPolicy
    /// One for each folder that was saved to, so that rotation remembers what is its own.
    private var directories: [String: CheckpointDirectory] = [:]

    /// Saves variables under their own names, without `:0`. Parts of a partitioned variable are saved as slices of the whole.
    ///
    /// - Parameters:
    ///   - maxToKeep: how many checkpoints stay; nil for all.
    ///   - keepCheckpointEveryNHours: one that is this much younger than the last such stays for good.
    public convenience init(
        _ variables: [Variable], maxToKeep: Int? = 5, keepCheckpointEveryNHours: Double = 10_000
    ) throws {
        try self.init(
            pairs: variables.map { ($0.checkpointName, $0) }, maxToKeep: maxToKeep,
            keepCheckpointEveryNHours: keepCheckpointEveryNHours)
    }

    /// Saves variables under other names.
    public convenience init(
        _ variables: [String: Variable], maxToKeep: Int? = 5, keepCheckpointEveryNHours: Double = 10_000
    ) throws {
        try self.init(
            pairs: variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, maxToKeep: maxToKeep,
            keepCheckpointEveryNHours: keepCheckpointEveryNHours)
    }

    init(
        pairs: [(name: String, variable: Variable)], maxToKeep: Int?, keepCheckpointEveryNHours: Double
    ) throws {
        var seen: [String: Variable] = [:]
        variables = try pairs.filter { name, variable in
            guard let other = seen.updateValue(variable, forKey: name) else { return true }
            guard other === variable else {
                throw LayerError(.value, "At least two variables have the same name: \(name)")
            }
            return false
        }
        policy = CheckpointPolicy(keepLast: maxToKeep, keepEveryHours: keepCheckpointEveryNHours)
    }

    /// Saves the present values; they are durable when this returns.
    ///
    /// - Parameters:
    ///   - prefix: a folder and the beginning of the files' names.
    ///   - globalStep: goes behind the prefix as `-<step>`.
    /// - Returns: the whole prefix, which ``restore(_:)`` takes.
    @discardableResult
    public func save(_ prefix: String, globalStep: Int64? = nil) throws -> String {
        let whole = globalStep.map { "\(prefix)-\($0)" } ?? prefix
        let path = CheckpointPath(whole)
        try directory(path.directory).save(path.id, items(), replacing: true)
        return whole
    }

    private func directory(_ path: String) throws -> CheckpointDirectory {
        if let known = directories[path] { return known }
        let directory = try CheckpointDirectory(path, policy: policy)
        directories[path] = directory
        return directory
    }

    /// The variables as they are written: parts of a whole together.
    private func items() throws -> [BundleItem] {
        var items: [BundleItem] = []
        var places: [String: Int] = [:]
        for (name, variable) in variables {
            let value = try variable.storedValue
            guard let slice = variable.slice else {
                items.append(BundleItem(name, value))
                continue
            }
            let part = (BundleSlice(starts: slice.starts, lengths: variable.shape.extents), value)
            if let place = places[slice.wholeName], case .parts(let shape, let parts) = items[place].content {
                items[place].content = .parts(shape: shape, parts + [part])
            } else {
                places[slice.wholeName] = items.count
                items.append(BundleItem(slice.wholeName, .parts(shape: slice.wholeShape, [part])))
            }
        }
        return items
    }

    /// Gives all variables the values of a checkpoint, or none.
    ///
    /// - Throws: NotFoundError when there is no such checkpoint (N-158), or it lacks a variable (N-157); ValueError for a
    ///   value of another shape (N-159).
    public func restore(_ prefix: String) throws {
        let reader = try CheckpointPath(prefix).open()
        var changes: [(variable: Variable, value: Tensor)] = []
        for (name, variable) in variables { changes.append((variable, try reader.value(name, for: variable))) }
        for (variable, value) in changes { variable.store.publish([(variable.slot, value)]) }
    }
}

extension CheckpointReader {
    /// The value called `name`, which must fit `variable`.
    func value(_ name: String, for variable: Variable) throws -> Tensor {
        let key = variable.slice?.wholeName ?? name
        guard index[key] != nil else { throw LayerError(.notFound, "Key \(key) not found in checkpoint") }
        let whole = try tensor(key)
        let value: Tensor
        if let slice = variable.slice, slice.wholeShape == whole.shape {
            let rest = whole.shape[slice.axis] - slice.start - variable.shape[slice.axis]
            value = try split(whole, sizes: [slice.start, variable.shape[slice.axis], rest], axis: slice.axis)[1]
        } else {
            value = whole
        }
        guard value.shape == variable.shape else {
            throw LayerError(
                .value,
                "Received incompatible tensor with shape \(tuple(value.shape)) when attempting to restore variable with shape \(tuple(variable.shape)) and name \(variable.name)."
            )
        }
        guard value.dtype == variable.dtype else {
            throw LayerError(
                .value,
                "Received a tensor of \(value.dtype) when attempting to restore variable \(variable.name) of \(variable.dtype)."
            )
        }
        return value
    }

    /// A shape as the reference writes it: `(3, 2)`, `(3,)`, `()`.
    private func tuple(_ shape: Shape) -> String {
        shape.rank == 1 ? "(\(shape[0]),)" : "(" + shape.extents.map(String.init).joined(separator: ", ") + ")"
    }
}

/// The prefix of the newest checkpoint in a folder, nil when there is none.
///
/// - Source: tf.train.latest_checkpoint.
public func latestCheckpoint(_ directory: String) throws -> String? {
    guard try LocalFileSystem().status(directory) != nil else { return nil }
    return try CheckpointDirectory(directory).latest().map { "\(directory)/\($0)" }
}

/// The names and shapes of all tensors in a checkpoint, in order of their names.
///
/// - Parameter path: a prefix, or a folder for its newest checkpoint.
/// - Source: tf.contrib.framework.list_variables.
public func listVariables(_ path: String) throws -> [(name: String, shape: [Int])] {
    try openCheckpoint(path).index.entries.map { ($0.name, $0.shape) }
}

/// One tensor of a checkpoint.
///
/// - Source: tf.contrib.framework.load_variable.
public func loadVariable(_ path: String, _ name: String) throws -> Tensor {
    let reader = try openCheckpoint(path)
    guard reader.index[name] != nil else { throw LayerError(.notFound, "Key \(name) not found in checkpoint") }
    return try reader.tensor(name)
}

private func openCheckpoint(_ path: String) throws -> CheckpointReader {
    if try LocalFileSystem().status(path)?.isDirectory == true {
        guard let latest = try latestCheckpoint(path) else {
            throw LayerError(.notFound, "Couldn't find 'checkpoint' file or checkpoints in given directory \(path)")
        }
        return try CheckpointPath(latest).open()
    }
    return try CheckpointPath(path).open()
}
