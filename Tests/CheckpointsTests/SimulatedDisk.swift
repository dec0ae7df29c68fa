import Formats
import Glibc
import Locking
import TensorCore

@testable import Checkpoints

/// One folder on a disk that forgets what was not made durable, tears writes, reorders, fills up, and fails on demand.
///
/// What the running process sees is `current`; what a power loss leaves is `durable` plus any selection of what is pending.
/// Only ``File/synchronize()`` and ``synchronizeDirectory(_:)`` make anything durable, and nothing makes a name durable
/// but the latter.
final class SimulatedDisk: FileSystem {
    /// What goes wrong, and when; operations are counted from one.
    enum Fault: Sendable {
        case none
        /// The process dies before operation `at`; a write may have got half-way.
        case crash(at: Int)
        /// Operation `at` fails with this code.
        case error(Int32, at: Int)
        /// It and every later one that would need room fails.
        case full(Int32, from: Int)
        /// Every write stops after a few bytes, and every call is interrupted once.
        case nuisance
    }

    fileprivate struct Node {
        var durable: [UInt8] = []
        var current: [UInt8] = []
        var pending: [(offset: Int, bytes: [UInt8])] = []
    }

    fileprivate enum NameChange {
        case link(String, Int)
        case unlink(String)
        case rename(String, String)
    }

    fileprivate struct State {
        var nodes: [Int: Node] = [:]
        var nextNode = 1
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var pendingNames: [NameChange] = []
        var modified: [Int: Double] = [:]
        var clock = 1000.0
        var fault = Fault.none
        var operations = 0
        var isDead = false
        var wasInterrupted = false
    }

    private let state = Lock(State())
    let folder = "/disk"

    /// How many operations there were since the fault was set.
    var operations: Int { state.withLock { $0.operations } }

    func set(_ fault: Fault) {
        state.withLock { state in
            state.fault = fault
            state.operations = 0
            state.isDead = false
        }
    }

    /// The names that a process sees now.
    var names: [String] { state.withLock { $0.names.keys.sorted() } }

    // MARK: - After the end

    /// The disk as the next process finds it when only this one was killed.
    func afterKill() -> SimulatedDisk {
        copy { state in
            for key in state.nodes.keys { state.nodes[key]?.forgetPending() }
            state.pendingNames = []
            state.durableNames = state.names
        }
    }

    /// The disk as the next process finds it after a power loss: what was durable, and of the rest whatever `choice` picks.
    func afterPowerLoss(_ choice: PowerLoss) -> SimulatedDisk {
        var random = RandomBits(seed: choice.seed)
        return copy { state in
            for key in state.nodes.keys.sorted() { state.nodes[key]?.losePower(choice, &random) }
            var names = state.durableNames
            for (index, change) in state.pendingNames.enumerated()
            where choice.keeps(index, of: state.pendingNames.count, &random) {
                SimulatedDisk.apply(change, to: &names)
            }
            state.names = names
            state.durableNames = names
            state.pendingNames = []
        }
    }

    private func copy(_ change: (inout State) -> Void) -> SimulatedDisk {
        let copy = SimulatedDisk()
        var changed = state.withLock { $0 }
        change(&changed)
        changed.fault = .none
        changed.operations = 0
        changed.isDead = false
        copy.state.withLock { $0 = changed }
        return copy
    }

    private static func apply(_ change: NameChange, to names: inout [String: Int]) {
        switch change {
        case .link(let name, let node): names[name] = node
        case .unlink(let name): names[name] = nil
        case .rename(let name, let newName):
            if let node = names.removeValue(forKey: name) { names[newName] = node }
        }
    }

    // MARK: - FileSystem

    func open(_ path: String, _ access: FileAccess) throws(FileError) -> any File {
        let name = name(path)
        let node = try perform(.open, path, needsRoom: access == .create) { state throws(FileError) in
            if case .read = access {
                guard let node = state.names[name] else { throw FileError(.open, path, code: ENOENT) }
                return node
            }
            if let node = state.names[name] {
                state.nodes[node]?.truncate()
                return node
            }
            let node = state.nextNode
            state.nextNode += 1
            state.nodes[node] = Node()
            state.names[name] = node
            state.pendingNames.append(.link(name, node))
            return node
        }
        return SimulatedFile(node, path: path, disk: self)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        let (name, newName) = (name(path), name(newPath))
        try perform(.rename, path) { state throws(FileError) in
            guard let node = state.names.removeValue(forKey: name) else { throw FileError(.rename, path, code: ENOENT) }
            state.names[newName] = node
            state.pendingNames.append(.rename(name, newName))
        }
    }

    func remove(_ path: String) throws(FileError) {
        let name = name(path)
        try perform(.remove, path) { state throws(FileError) in
            guard state.names.removeValue(forKey: name) != nil else { throw FileError(.remove, path, code: ENOENT) }
            state.pendingNames.append(.unlink(name))
        }
    }

    func list(_ directory: String) throws(FileError) -> [String] {
        try perform(.list, directory) { state in Array(state.names.keys) }
    }

    func makeDirectory(_ path: String) throws(FileError) { try perform(.makeDirectory, path) { _ in } }

    func status(_ path: String) throws(FileError) -> FileStatus? {
        let name = name(path)
        return try perform(.status, path) { state in
            state.names[name].map { node in
                FileStatus(
                    byteCount: state.nodes[node]?.current.count ?? 0, modified: state.modified[node] ?? 0,
                    identity: UInt64(node))
            }
        }
    }

    func synchronizeDirectory(_ path: String) throws(FileError) {
        try perform(.synchronize, path) { state in
            state.durableNames = state.names
            state.pendingNames = []
        }
    }

    // MARK: - Steps

    private func name(_ path: String) -> String { String(path.dropFirst(folder.count + 1)) }

    /// Counts one operation and lets its fault happen, or `body`.
    @discardableResult
    private func perform<Result>(
        _ operation: FileError.Operation, _ path: String, needsRoom: Bool = false,
        _ body: (inout State) throws(FileError) -> Result
    ) throws(FileError) -> Result {
        try state.withLock { state throws(FileError) in
            // A dead process gets nothing done. This code tells it from any true error.
            if state.isDead { throw FileError(operation, path, code: SimulatedDisk.deadCode) }
            state.operations += 1
            switch state.fault {
            case .crash(at: state.operations):
                state.isDead = true
                throw FileError(operation, path, code: SimulatedDisk.deadCode)
            case .error(let code, at: state.operations):
                throw FileError(operation, path, code: code)
            case .full(let code, let first) where needsRoom && state.operations >= first:
                throw FileError(operation, path, code: code)
            case .nuisance where !state.wasInterrupted && SimulatedDisk.isInterruptible(operation):
                state.wasInterrupted = true
                throw FileError(operation, path, code: EINTR)
            default: break
            }
            state.wasInterrupted = false
            return try body(&state)
        }
    }

    /// Those that the protocol promises to see through for its callers do not show interruptions.
    private static func isInterruptible(_ operation: FileError.Operation) -> Bool {
        operation == .read || operation == .write
    }

    static let deadCode: Int32 = 9999

    fileprivate func byteCount(_ node: Int, _ path: String) throws(FileError) -> Int {
        try perform(.status, path) { $0.nodes[node]?.current.count ?? 0 }
    }

    fileprivate func read(
        _ node: Int, _ path: String, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        try perform(.read, path) { state in
            let bytes = state.nodes[node]?.current ?? []
            guard offset < bytes.count else { return 0 }
            var count = min(buffer.count, bytes.count - offset)
            if case .nuisance = state.fault { count = min(count, 7) }
            buffer.copyBytes(from: bytes[offset..<offset + count])
            return count
        }
    }

    fileprivate func write(
        _ node: Int, _ path: String, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        do throws(FileError) {
            return try perform(.write, path, needsRoom: true) { state in
                var count = bytes.count
                if case .nuisance = state.fault { count = min(count, 7) }
                state.write(node, Array(bytes.prefix(count)), at: offset)
                return count
            }
        } catch {
            // The write that was cut off may have got half-way.
            state.withLock { $0.write(node, Array(bytes.prefix(bytes.count / 2)), at: offset) }
            throw error
        }
    }

    fileprivate func synchronize(_ node: Int, _ path: String) throws(FileError) {
        do throws(FileError) {
            try perform(.synchronize, path) { state in
                state.nodes[node]?.synchronize()
            }
        } catch {
            // The kernel does not try again: what could not be written is lost, though it can still be read.
            if error.code == EIO { state.withLock { $0.nodes[node]?.pending = [] } }
            throw error
        }
    }

    fileprivate func contents(_ node: Int) -> [UInt8] { state.withLock { $0.nodes[node]?.current ?? [] } }

    fileprivate func close(_ path: String) throws(FileError) { try perform(.close, path) { _ in } }
}

extension SimulatedDisk.State {
    fileprivate mutating func write(_ node: Int, _ bytes: [UInt8], at offset: Int) {
        clock += 0.001
        modified[node] = clock
        nodes[node]?.write(bytes, at: offset)
        nodes[node]?.pending.append((offset, bytes))
    }
}

extension SimulatedDisk.Node {
    fileprivate mutating func write(_ bytes: [UInt8], at offset: Int) {
        SimulatedDisk.put(bytes, at: offset, into: &current)
    }

    fileprivate mutating func truncate() {
        current = []
        durable = []
        pending = []
    }

    fileprivate mutating func synchronize() {
        for write in pending { SimulatedDisk.put(write.bytes, at: write.offset, into: &durable) }
        pending = []
    }

    fileprivate mutating func forgetPending() {
        durable = current
        pending = []
    }

    /// Some of the pending writes reach the disk, in any order, some of them torn.
    fileprivate mutating func losePower(_ choice: PowerLoss, _ random: inout RandomBits) {
        for (index, write) in pending.enumerated() where choice.keeps(index, of: pending.count, &random) {
            let count = choice.tears && random.bit() ? random.below(write.bytes.count + 1) : write.bytes.count
            SimulatedDisk.put(Array(write.bytes.prefix(count)), at: write.offset, into: &durable)
        }
        current = durable
        pending = []
    }
}

extension SimulatedDisk {
    fileprivate static func put(_ bytes: [UInt8], at offset: Int, into file: inout [UInt8]) {
        if file.count < offset + bytes.count {
            file += Array(repeating: 0, count: offset + bytes.count - file.count)
        }
        file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}

private final class SimulatedFile: File {
    let path: String
    private let node: Int
    private let disk: SimulatedDisk

    init(_ node: Int, path: String, disk: SimulatedDisk) {
        self.node = node
        self.path = path
        self.disk = disk
    }

    func byteCount() throws(FileError) -> Int { try disk.byteCount(node, path) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try disk.read(node, path, into: buffer, at: offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        try disk.write(node, path, bytes, at: offset)
    }

    func synchronize() throws(FileError) { try disk.synchronize(node, path) }
    func startWriting(_ range: Range<Int>) {}
    func map() throws(FileError) -> ByteRegion { ByteRegion(copying: disk.contents(node)) }
    func close() throws(FileError) { try disk.close(path) }
}

/// Which of the pending changes a power loss lets through.
enum PowerLoss: Sendable {
    case nothing
    case everything
    /// The first part of them, in order.
    case prefix(seed: UInt64)
    /// Any of them, writes torn too.
    case selection(seed: UInt64)

    var seed: UInt64 {
        switch self {
        case .nothing, .everything: 0
        case .prefix(let seed), .selection(let seed): seed
        }
    }

    var tears: Bool { if case .selection = self { true } else { false } }

    func keeps(_ index: Int, of count: Int, _ random: inout RandomBits) -> Bool {
        switch self {
        case .nothing: false
        case .everything: true
        case .prefix(let seed): UInt64(index) < seed % UInt64(count + 1)
        case .selection: random.bit()
        }
    }

    static let all: [PowerLoss] =
        [.nothing, .everything] + (1...5).map { .prefix(seed: $0) } + (1...12).map { .selection(seed: $0) }
}

/// Reproducible random choices.
struct RandomBits {
    private let stream: RandomStream
    private var place: UInt64 = 0

    init(seed: UInt64) { stream = RandomStream(key: seed) }

    mutating func below(_ limit: Int) -> Int {
        place += 1
        return Int(stream.block(place)[0]) % limit
    }

    mutating func bit() -> Bool { below(2) == 1 }
}
