import Formats
import Layers
import Operators
import TensorCore

/// Saves variables to numbered checkpoints and restores them, keeping the newest few of those that it saved itself.
///
/// Source: tf.train.Saver and tfe.Saver (TensorFlow 1.8).
public final class Saver {
    /// A variable and its name in a checkpoint; parts of one variable share its name.
    struct Entry {
        let name: String
        let variable: Variable
        /// Whether it is saved as the part of a larger variable that it is.
        let isPart: Bool
    }

    private let entries: [Entry]
    private let clock: @Sendable () -> Double
    /// By whole prefixes: a saver may save to several folders.
    private var rotation: CheckpointRotation
    private var directories: [String: CheckpointDirectory] = [:]

    /// Saves variables under their own names, without `:0`. Parts of a partitioned variable are saved as slices of the whole,
    /// and can be restored into other parts of it.
    ///
    /// - Parameters:
    ///   - maxToKeep: how many checkpoints stay; nil or 0 for all.
    ///   - keepCheckpointEveryNHours: each time that this many hours have gone by, one more stays for good.
    /// - Throws: ValueError when there is nothing to save, or two variables have one name.
    public convenience init(
        _ variables: [Variable], maxToKeep: Int? = 5, keepCheckpointEveryNHours: Double = 10_000
    ) throws {
        try self.init(
            variables.map { Entry(name: $0.nameOfWhole, variable: $0, isPart: $0.slice != nil) },
            policy: CheckpointPolicy(keepLast: maxToKeep, keepEveryHours: keepCheckpointEveryNHours))
    }

    /// Saves variables under other names, each as it is.
    public convenience init(
        _ variables: [String: Variable], maxToKeep: Int? = 5, keepCheckpointEveryNHours: Double = 10_000
    ) throws {
        try self.init(
            variables.sorted { $0.key < $1.key }.map { Entry(name: $0.key, variable: $0.value, isPart: false) },
            policy: CheckpointPolicy(keepLast: maxToKeep, keepEveryHours: keepCheckpointEveryNHours))
    }

    init(
        _ entries: [Entry], policy: CheckpointPolicy,
        clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock
    ) throws {
        guard !entries.isEmpty else { throw LayerError(.value, "No variables to save") }
        var seen: [String: Variable] = [:]
        var places: Set<Place> = []
        self.entries = try entries.filter { entry in
            let other = seen.updateValue(entry.variable, forKey: entry.name)
            guard let other else { return places.insert(Place(entry)).inserted }
            guard other === entry.variable || entry.isPart && other.slice?.wholeName == entry.variable.slice?.wholeName
            else { throw LayerError(.value, "At least two variables have the same name: \(entry.name)") }
            return places.insert(Place(entry)).inserted
        }
        self.clock = clock
        rotation = CheckpointRotation(policy: policy, sparedUntil: clock(), kept: [])
    }

    /// What may occur once in a checkpoint.
    private struct Place: Hashable {
        let name: String
        let slice: VariableSlice?

        init(_ entry: Entry) {
            name = entry.name
            slice = entry.isPart ? entry.variable.slice : nil
        }
    }

    /// Saves the present values; they are durable when this returns. Then checkpoints of this saver that are not to be kept
    /// any more are removed.
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
        for old in rotation.saved(path.prefix, at: clock()) {
            let path = CheckpointPath(old)
            do {
                try directory(path.directory).delete(path.id)
            } catch CheckpointError.notFound {
                // Somebody else has removed it.
            } catch {
                // The new one is safe; that an old one could not be removed is no reason to deny it.
                continue
            }
            rotation.forget(old)
        }
        return whole
    }

    private func directory(_ path: String) throws -> CheckpointDirectory {
        if let known = directories[path] { return known }
        let directory = try CheckpointDirectory(path, clock: clock)
        directories[path] = directory
        return directory
    }

    /// The variables as they are written: parts of a whole together.
    private func items() throws -> [BundleItem] {
        var items: [BundleItem] = []
        var places: [String: Int] = [:]
        for entry in entries {
            let value = try entry.variable.storedValue
            guard entry.isPart, let slice = entry.variable.slice else {
                items.append(BundleItem(entry.name, value))
                continue
            }
            let part = (BundleSlice(starts: slice.starts, lengths: value.shape.extents), value)
            if let place = places[entry.name], case .parts(let shape, let parts) = items[place].content {
                items[place].content = .parts(shape: shape, parts + [part])
            } else {
                places[entry.name] = items.count
                items.append(BundleItem(entry.name, .parts(shape: slice.wholeShape, [part])))
            }
        }
        return items
    }

    /// Gives all variables the values of a checkpoint, or none.
    ///
    /// - Throws: NotFoundError when there is no such checkpoint (N-158), or it lacks a variable (N-157); ValueError for a
    ///   value of another shape (N-159).
    public func restore(_ prefix: String) throws { try restore(from: CheckpointPath(prefix).open()) }

    func restore(from reader: CheckpointReader) throws {
        var changes: [(variable: Variable, value: Tensor)] = []
        for entry in entries { changes.append((entry.variable, try reader.value(for: entry))) }
        var stores: [ObjectIdentifier: VariableStore] = [:]
        for (variable, _) in changes { stores[ObjectIdentifier(variable.store)] = variable.store }
        for store in stores.values {
            store.publish(changes.filter { $0.variable.store === store }.map { ($0.variable.slot, $0.value) })
        }
    }
}

extension Variable {
    /// The name in a checkpoint; a part goes by the name of the whole.
    fileprivate var nameOfWhole: String { slice?.wholeName ?? checkpointName }
}

extension CheckpointReader {
    /// The value of an entry, which must fit its variable.
    fileprivate func value(for entry: Saver.Entry) throws -> Tensor {
        let variable = entry.variable
        guard index[entry.name] != nil else {
            throw LayerError(.notFound, "Key \(entry.name) not found in checkpoint")
        }
        var value = try tensor(entry.name)
        if entry.isPart, let slice = variable.slice, slice.wholeShape == value.shape {
            value = try slice.cut(variable.shape, from: value)
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
