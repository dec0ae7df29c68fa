import Formats
import Glibc
import TensorCore
import TestSupport
import Testing

@testable import Checkpoints

/// Every change of a folder, stopped at every one of its file operations in every way, leaves the old state or the new one.
struct DurabilityTests {
    /// A change of a folder, and what must hold however it ended.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var policy = CheckpointPolicy.all
        /// Whether a change that an error ended must not be found there.
        var isUndone = false
        let prepare: @Sendable (CheckpointDirectory) throws -> Void
        let run: @Sendable (CheckpointDirectory) throws -> Void
        /// The states that may be left, as ids with the value of `x`; the first is the old one, the last the new one.
        let states: [[String: Float]]
    }

    static let changes = [
        Change(
            testDescription: "a save", isUndone: true,
            prepare: { try $0.save("a", tensors(1)) },
            run: { try $0.save("b", tensors(2)) },
            states: [["a": 1], ["a": 1, "b": 2]]),
        Change(
            testDescription: "the first save", isUndone: true,
            prepare: { _ in },
            run: { try $0.save("a", tensors(1)) },
            states: [[:], ["a": 1]]),
        Change(
            testDescription: "a replacement",
            prepare: { try $0.save("a", tensors(1)) },
            run: { try $0.save("a", tensors(2), replacing: true) },
            states: [["a": 1], ["a": 2]]),
        Change(
            testDescription: "a replacement of a replacement",
            prepare: {
                try $0.save("a", tensors(1))
                try $0.save("a", tensors(2), replacing: true)
            },
            run: { try $0.save("a", tensors(3), replacing: true) },
            states: [["a": 2], ["a": 3]]),
        Change(
            testDescription: "a rotation", policy: CheckpointPolicy(keepLast: 2), isUndone: true,
            prepare: {
                try $0.save("a", tensors(1))
                try $0.save("b", tensors(2))
            },
            run: { try $0.save("c", tensors(3)) },
            states: [["a": 1, "b": 2], ["a": 1, "b": 2, "c": 3], ["b": 2, "c": 3]]),
        Change(
            testDescription: "a removal",
            prepare: {
                try $0.save("a", tensors(1))
                try $0.save("b", tensors(2))
            },
            run: { try $0.delete("b") },
            states: [["a": 1, "b": 2], ["a": 1]]),
        Change(
            testDescription: "an upload", isUndone: true,
            prepare: { try $0.save("a", tensors(1)) },
            run: { directory in
                let upload = try directory.upload(byteCountMax: 1 << 20)
                for piece in try SafetensorsPlan.pieces(tensors(2)) {
                    try piece.withUnsafeBytes { try upload.append($0) }
                }
                try upload.finish(as: "b", .safetensors)
            },
            states: [["a": 1], ["a": 1, "b": 2]]),
    ]

    @Test(arguments: changes)
    func survivesAKillAtEveryOperation(change: Change) throws {
        try sweep(change, with: SimulatedDisk.Fault.crash(at:)) { disk, _ in
            try check(disk.afterKill(), change)
        }
    }

    @Test(arguments: changes)
    func survivesAPowerLossAtEveryOperation(change: Change) throws {
        try sweep(change, with: SimulatedDisk.Fault.crash(at:)) { disk, _ in
            for choice in PowerLoss.all { try check(disk.afterPowerLoss(choice), change) }
        }
    }

    @Test(arguments: changes, [ENOSPC, EIO])
    func survivesAnErrorAtEveryOperation(change: Change, code: Int32) throws {
        try sweep(
            change, with: { .error(code, at: $0) },
            check: { disk, error in
                if let error = error as? FileError { #expect(error.code == code) }
                try check(disk.afterKill(), change)
                for choice in PowerLoss.all.prefix(4) {
                    let state = try check(disk.afterPowerLoss(choice), change)
                    if error == nil { #expect(state == change.states.last || change.policy != .all) }
                }
            })
    }

    @Test(arguments: changes, [EDQUOT])
    func survivesADiskThatFillsUp(change: Change, code: Int32) throws {
        try sweep(
            change, with: { .full(code, from: $0) },
            check: { disk, error in
                if let error = error as? FileError { #expect(error.isOutOfSpace) }
                try check(disk.afterKill(), change)
            })
    }

    @Test(arguments: changes)
    func isDurableOnceItReturns(change: Change) throws {
        let (disk, directory) = try prepared(change)
        disk.set(.nuisance)
        try change.run(directory)
        for choice in PowerLoss.all { #expect(try check(disk.afterPowerLoss(choice), change) == change.states.last) }
    }

    /// A process that lives on after an error must find its folder in order, and be able to do what failed.
    @Test(arguments: changes)
    func goesOnAfterAnError(change: Change) throws {
        for operation in 1..<10_000 {
            let (disk, directory) = try prepared(change)
            disk.set(.error(EIO, at: operation))
            let error = failure { try change.run(directory) }
            let isOver = disk.operations < operation
            disk.set(.none)
            let found = try contents(directory)
            #expect(change.states.contains(found), "after an error at \(operation): \(found)")
            if error != nil, change.isUndone { #expect(found == change.states[0], "after an error at \(operation)") }
            try directory.save("later", DurabilityTests.tensors(9))
            if let keepLast = change.policy.keepLast {
                #expect(try contents(directory).count == keepLast, "after an error at \(operation)")
            }
            #expect(try contents(directory)["later"] == 9)
            try #expect(contents(reopened(disk.afterPowerLoss(.nothing)))["later"] == 9)
            if isOver {
                #expect(error == nil)
                return
            }
        }
    }

    /// Clearing up can be interrupted too.
    @Test(arguments: changes)
    func survivesACrashWhileItClearsUpAfterACrash(change: Change) throws {
        try sweep(change, with: SimulatedDisk.Fault.crash(at:)) { disk, _ in
            for first in [disk.afterKill(), disk.afterPowerLoss(.nothing), disk.afterPowerLoss(.selection(seed: 3))] {
                for operation in 1..<1000 {
                    let second = first.afterKill()
                    second.set(.crash(at: operation))
                    let error = failure { _ = try reopened(second) }
                    try check(second.afterKill(), change)
                    try check(second.afterPowerLoss(.nothing), change)
                    try check(second.afterPowerLoss(.selection(seed: UInt64(operation))), change)
                    if error == nil { break }
                }
            }
        }
    }

    // MARK: - Helpers

    static func tensors(_ value: Float) -> NamedTensors {
        ["x": Tensor([40], Array(repeating: value, count: 40)), "y": Tensor([3], [true, false, true])]
    }

    private func prepared(_ change: Change) throws -> (SimulatedDisk, CheckpointDirectory) {
        let disk = SimulatedDisk()
        let directory = try reopened(disk, change.policy)
        try change.prepare(directory)
        return (disk, directory)
    }

    private func reopened(_ disk: SimulatedDisk, _ policy: CheckpointPolicy = .all) throws -> CheckpointDirectory {
        // One thread, so that the operations come in one order.
        try CheckpointDirectory(
            disk.folder, policy: policy, fileSystem: disk, pool: ComputePool(threads: 1), clock: { 0 })
    }

    /// Runs the change once for each of its operations with a fault there, until one run meets none.
    private func sweep(
        _ change: Change, with fault: (Int) -> SimulatedDisk.Fault,
        check body: (SimulatedDisk, (any Error)?) throws -> Void
    ) throws {
        for operation in 1..<10_000 {
            let (disk, directory) = try prepared(change)
            disk.set(fault(operation))
            let error = failure { try change.run(directory) }
            let isOver = disk.operations < operation
            withExtendedLifetime(directory) {}
            try body(disk, error)
            if isOver {
                #expect(error == nil && operation > 10)
                return
            }
        }
        Issue.record("endless")
    }

    private func failure(_ body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    /// Opens the folder anew; what is there must be one of the states, every tensor of it whole, and nothing else.
    @discardableResult
    private func check(_ disk: SimulatedDisk, _ change: Change) throws -> [String: Float] {
        let directory = try reopened(disk, change.policy)
        let found = try contents(directory)
        #expect(change.states.contains(found), "\(found)")
        let expected = try found.keys.flatMap { id -> [String] in
            let count = try directory.open(id).index.shardCount
            return [BundleFileNames.index(id)] + (0..<count).map { BundleFileNames.data(id, shard: $0, of: count) }
        }
        #expect(disk.names.filter { $0 != "checkpoint" } == expected.sorted())
        return found
    }

    private func contents(_ directory: CheckpointDirectory) throws -> [String: Float] {
        var contents: [String: Float] = [:]
        for info in try directory.list() {
            let reader = try directory.open(info.id)
            try reader.verify()
            contents[info.id] = try reader.tensor("x").values[39]
        }
        return contents
    }
}
