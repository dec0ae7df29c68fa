import Formats
import Glibc
import Locking
import TensorCore

/// A folder of TensorFlow checkpoints. What lies in it is the truth: a whole one that was copied in counts, half a one
/// does not.
///
/// Every change goes from one whole state to another, whatever happens in between, and has happened for good when the
/// call returns:
/// - A **save** writes everything under temporary names, makes it durable, then renames the data, then the index; a present
///   index means a whole checkpoint.
/// - A **replacement** names its data files for another number of shards than the old ones, so that old and new lie side
///   by side until the index changes, in one step.
/// - A **removal** takes the index away first.
///
/// As long as a change is under way, a file `.tmp-<id>.…` says so; ``init(_:policy:fileSystem:pool:clock:)`` finishes or
/// undoes what a crash left.
public final class CheckpointDirectory: Sendable {
    public let path: String
    public let fileSystem: any FileSystem
    public let pool: ComputePool
    private let clock: @Sendable () -> Double
    private let state: Lock<State>

    private struct State: Sendable {
        var rotation: CheckpointRotation
        /// Whether a change is under way.
        var isChanging = false
        var known = KnownCheckpoints()
        /// Those that were verified for an export, with their files as they were before.
        var verified: [String: (files: [FileStatus?], verification: CheckpointVerification)] = [:]
        /// How many uploads were begun.
        var uploads = 0
    }

    /// Opens a folder, made if need be, and clears up what a crash left in it.
    ///
    /// - Parameter clock: seconds since 1970.
    public init(
        _ path: String, policy: CheckpointPolicy = .all, fileSystem: any FileSystem = LocalFileSystem(),
        pool: ComputePool = .shared, clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock
    ) throws {
        self.path = path
        self.fileSystem = fileSystem
        self.pool = pool
        self.clock = clock
        try fileSystem.makeDirectory(path)
        try CheckpointRecovery(path: path, fileSystem: fileSystem).run()
        for name in try fileSystem.list(path) where TemporaryNames.isUpload(name) {
            try fileSystem.remove("\(path)/\(name)")
        }
        state = Lock(State(rotation: CheckpointRotation(policy: policy, sparedUntil: clock(), kept: [])))
        try setPolicy(policy)
    }

    /// Which checkpoints the next saves are to keep.
    ///
    /// - Parameter sparing: ids that it is not about, beside those that came from outside.
    public func setPolicy(_ policy: CheckpointPolicy, sparing spared: Set<String> = []) throws {
        let ours = try saved().subtracting(spared)
        let kept = try list().filter { ours.contains($0.id) }.map { (id: $0.id, savedAt: $0.savedAt) }
        let sparedUntil = try stateFile()?.lastPreservedTimestamp ?? clock()
        state.withLock { $0.rotation = CheckpointRotation(policy: policy, sparedUntil: sparedUntil, kept: kept) }
    }

    /// The ids that the state file has: of checkpoints that were saved here, rather than uploaded or copied in.
    public func saved() throws -> Set<String> {
        Set(try stateFile()?.all.map(CheckpointDirectory.id(ofPath:)) ?? [])
    }

    /// The system's time of day.
    public static let systemClock: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// All whole checkpoints, newest last: in the order of the state file, and those it does not know by their time.
    public func list() throws -> [CheckpointInfo] {
        let names = try fileSystem.list(path)
        var found: [CheckpointInfo] = []
        for id in names.compactMap(BundleFileNames.parseIndex) where CheckpointID.isValid(id) {
            if let info = try info(id) { found.append(info) }
        }
        state.withLock { $0.known.keep(only: found.map(\.id)) }
        return CheckpointDirectory.ordered(found, by: try stateFile()?.all.map(CheckpointDirectory.id(ofPath:)) ?? [])
    }

    /// What is known of one checkpoint; nil when it is not there, or not whole.
    public func info(_ id: String) throws -> CheckpointInfo? { try checked(id)?.info }

    private func checked(_ id: String) throws -> KnownCheckpoints.Checked? {
        guard CheckpointID.isValid(id) else { throw CheckpointError.invalidID(id) }
        let known = state.withLock { $0.known }
        guard let checked = try known.check(id, in: path, fileSystem) else { return nil }
        state.withLock { $0.known.note(checked) }
        return checked
    }

    /// The checkpoint that the state file calls the newest; where it is not there, the newest of ``list()``.
    public func latest() throws -> String? {
        if let named = try stateFile().map({ CheckpointDirectory.id(ofPath: $0.latest) }), CheckpointID.isValid(named),
            try info(named) != nil
        {
            return named
        }
        return try list().last?.id
    }

    /// Opens a checkpoint for reading.
    public func open(_ id: String, _ access: CheckpointAccess = .read) throws -> CheckpointReader {
        guard CheckpointID.isValid(id) else { throw CheckpointError.invalidID(id) }
        return try CheckpointReader(id: id, in: path, access, fileSystem: fileSystem, pool: pool)
    }

    /// A checkpoint in another form, all of it held against its checksums first. One whose files have not changed is not read
    /// again for that, so that it can be fetched in many small ranges.
    ///
    /// - Throws: `CheckpointError.notFound`; `FormatError` for damage, or, for safetensors and npz, tensors that they cannot hold.
    public func export(_ id: String, as form: CheckpointForm) throws -> CheckpointExport {
        guard let checked = try checked(id) else { throw CheckpointError.notFound(id: id) }
        let files = try checked.statuses(in: path, fileSystem)
        let reader = try open(id)
        if let known = state.withLock({ $0.verified[id] }), known.files == files {
            return try reader.export(form, known.verification)
        }
        let verification = try reader.verification()
        state.withLock { state in
            if state.verified.count >= CheckpointDirectory.verifiedMax { state.verified.removeAll() }
            state.verified[id] = (files, verification)
        }
        return try reader.export(form, verification)
    }

    /// So many are remembered.
    private static let verifiedMax = 16

    /// Begins to take a checkpoint from outside.
    ///
    /// - Parameter byteCountMax: more than this it may not have.
    public func upload(byteCountMax: Int) throws -> CheckpointUpload {
        let number = state.withLock { state in
            state.uploads += 1
            return state.uploads
        }
        return try CheckpointUpload(
            in: self, path: file("\(TemporaryNames.uploadPrefix)\(number)"), byteCountMax: byteCountMax)
    }

    /// Saves a checkpoint; it is durable when this returns. Then those that the policy no longer keeps are removed.
    ///
    /// - Parameters:
    ///   - replacing: whether a checkpoint of this id may be there already. The old one stays whole until the new one is.
    ///   - isForeign: whether it comes from outside. It then is as one that was copied in: it does not become what the
    ///     state file calls the newest, and is not rotated away.
    /// - Throws: `CheckpointError`, `FileError`, or `FormatError` for names that occur twice. Then the folder is as it was.
    @discardableResult
    public func save(
        _ id: String, _ items: [BundleItem], replacing: Bool = false, isForeign: Bool = false
    ) throws -> CheckpointInfo {
        guard CheckpointID.isValid(id) else { throw CheckpointError.invalidID(id) }
        let plan = try BundlePlan(items)
        return try changing {
            let save = try CheckpointSave(id: id, in: self, replacing: replacing)
            if isForeign { return saved(plan, try save.run(plan, stateFile: nil, before: nil), as: id) }
            let before = state.withLock { $0.rotation }
            var rotation = before
            let excess = rotation.saved(id, at: clock())
            let indexByteCount = try save.run(plan, stateFile: rotation.stateFile, before: before.stateFile)
            state.withLock { $0.rotation = rotation }
            // The new one is safe; that an old one could not be removed is no reason to deny it: the next save tries again.
            for old in excess { try? removeNoted(old) }
            return saved(plan, indexByteCount, as: id)
        }
    }

    /// What there is to know of a checkpoint that has just been saved, even if its files cannot be looked at.
    private func saved(_ plan: BundlePlan, _ indexByteCount: Int, as id: String) -> CheckpointInfo {
        if let info = try? info(id) { return info }
        return CheckpointInfo(
            id: id, byteCount: plan.dataByteCount + indexByteCount, tensorCount: plan.tensorCount, savedAt: clock())
    }

    /// Saves tensors under their names.
    @discardableResult
    public func save(_ id: String, _ tensors: NamedTensors, replacing: Bool = false) throws -> CheckpointInfo {
        try save(id, tensors.items, replacing: replacing)
    }

    /// Removes a checkpoint, or what there is of a damaged one, for good.
    public func delete(_ id: String) throws {
        guard CheckpointID.isValid(id) else { throw CheckpointError.invalidID(id) }
        try changing {
            let hasFiles = try fileSystem.list(path).contains { name in
                BundleFileNames.parseIndex(name) == id || BundleFileNames.parseData(name)?.prefix == id
            }
            guard hasFiles else { throw CheckpointError.notFound(id: id) }
            try removeNoted(id)
        }
    }

    /// Removes a checkpoint, which may be one of the rotation's; then it is none any more.
    private func removeNoted(_ id: String) throws {
        var rotation = state.withLock { $0.rotation }
        rotation.forget(id)
        try CheckpointRemoval(id: id, path: path, fileSystem: fileSystem).run(.after(rotation.stateFile))
        state.withLock { $0.rotation = rotation }
    }

    // MARK: - Helpers

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The state file's contents; nil when it is missing or makes no sense.
    private func stateFile() throws -> CheckpointState? {
        guard try fileSystem.status(file("checkpoint")) != nil else { return nil }
        do {
            let bytes = try fileSystem.contents(file("checkpoint"), bytesMax: CheckpointState.bytesMax)
            return try bytes.withUnsafeBytes { try CheckpointState(parsing: $0) }
        } catch is FormatError {
            return nil
        }
    }

    private func changing<Result>(_ body: () throws -> Result) throws -> Result {
        let isFree = state.withLock { state in
            defer { state.isChanging = true }
            return !state.isChanging
        }
        guard isFree else { throw CheckpointError.busy }
        defer { state.withLock { $0.isChanging = false } }
        try CheckpointRecovery(path: path, fileSystem: fileSystem).run()
        return try body()
    }

    /// The state file may name checkpoints by whole paths, of other machines even: the last part counts.
    private static func id(ofPath path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Those in `order` as it has them; each other one behind the last of these that is not newer.
    private static func ordered(_ found: [CheckpointInfo], by order: [String]) -> [CheckpointInfo] {
        let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var result = order.compactMap { byID[$0] }
        let placed = Set(result.map(\.id))
        for info in found.filter({ !placed.contains($0.id) }).sorted(by: { ($0.savedAt, $0.id) < ($1.savedAt, $1.id) })
        {
            let place = result.lastIndex { $0.savedAt <= info.savedAt }.map { $0 + 1 } ?? 0
            result.insert(info, at: place)
        }
        return result
    }
}
