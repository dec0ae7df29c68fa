import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Checkpoints

struct SaverTests {
    let folder = TemporaryDirectory()
    var path: String { folder.path }

    /// A variable of one number.
    func variable(_ name: String, _ value: Float) -> Variable { Variable(name: name, initialValue: Tensor(value)) }

    func value(_ variable: Variable) throws -> Float { try variable.storedValue.values[0] }

    @Test func aListIsSavedUnderItsOwnNames() throws {
        try inBothModes { world in
            let net = try TwoLayerNetwork(name: "net")
            _ = try net(world.tensor([1, 8]))
            let saver = try Saver(net.variables)
            let prefix = try saver.save(path + "/model.ckpt", globalStep: 25)
            #expect(prefix == path + "/model.ckpt-25")
            #expect(
                try listVariables(prefix).map(\.name)
                    == ["net/dense/bias", "net/dense/kernel", "net/dense_1/bias", "net/dense_1/kernel"])
            #expect(try listVariables(prefix).map(\.shape) == [[16], [8, 16], [1], [16, 1]])
            let before = try net.variables.map { try $0.storedValue.values }
            for variable in net.variables { try variable.fill(0) }
            try saver.restore(prefix)
            #expect(try net.variables.map { try $0.storedValue.values } == before)
        }
    }

    @Test func aDictionaryIsSavedUnderItsKeys() throws {
        let (first, second) = (variable("a", 1), variable("b", 2))
        let saver = try Saver(["first": first, "second": second])
        let prefix = try saver.save(path + "/x")
        #expect(try listVariables(prefix).map(\.name) == ["first", "second"])
        // Under other keys the values change places.
        try Saver(["second": first, "first": second]).restore(prefix)
        #expect(try [value(first), value(second)] == [2, 1])
    }

    @Test func whatCannotBeSavedIsRefused() throws {
        #expect(performing: { try Saver([Variable]()) }, throws: key(.value, "No variables to save"))
        #expect(performing: { try Saver([String: Variable]()) }, throws: key(.value, "No variables to save"))
        let (first, second) = (variable("a", 1), variable("a", 2))
        #expect(
            performing: { try Saver([first, second]) },
            throws: key(.value, "At least two variables have the same name: a"))
        // The same one twice is one.
        #expect(try listVariables(Saver([first, first]).save(path + "/x")).count == 1)
    }

    @Test func whatCannotBeRestoredLeavesAllAsItWas() throws {
        let (first, second) = (variable("a", 1), variable("b", 2))
        let prefix = try Saver([first, second]).save(path + "/x")
        try first.fill(5)
        #expect(
            performing: { try Saver([first, variable("c", 3)]).restore(prefix) },
            throws: key(.notFound, "Key c not found in checkpoint"))
        #expect(try value(first) == 5)
        let wide = Variable(name: "b", initialValue: Tensor([3], [1, 2, 3]))
        #expect(
            performing: { try Saver([first, wide]).restore(prefix) },
            throws: key(
                .value, "Received incompatible tensor with shape () when attempting to restore variable with shape (3,)"
            ))
        let whole = Variable(name: "b", initialValue: Tensor(Int64(3)))
        #expect(
            performing: { try Saver([first, whole]).restore(prefix) },
            throws: key(.value, "Received a tensor of float32 when attempting to restore variable b:0 of int64"))
        #expect(try value(first) == 5)
        #expect(
            performing: { try Saver([first]).restore(path + "/y") },
            throws: key(.notFound, "Failed to find any matching files for \(path)/y"))
    }

    // MARK: Rotation

    /// Files and state file after each save, as TensorFlow had them.
    @Test func itKeepsTheNewestAsTensorFlowDoes() throws {
        let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/rotation/manifest.json"))
        let kernel = Variable(name: "net/dense/kernel", initialValue: Tensor([2, 2], [0, 0, 0, 0]))
        let saver = try Saver([kernel], maxToKeep: 2)
        for step in try #require(manifest["history"]?.array) {
            let number = try #require(step["saved_step"]?.integer)
            try kernel.fill(Double(number))
            try saver.save(path + "/model.ckpt", globalStep: Int64(number))
            #expect(try LocalFileSystem().list(path).sorted() == step["files"]?.array?.compactMap(\.string))
            #expect(try text(of: path + "/checkpoint") == step["state_file"]?.string)
            #expect(try latestCheckpoint(path) == step["latest_checkpoint"]?.string.map { "\(path)/\($0)" })
        }
        let latest = try #require(try latestCheckpoint(path))
        try saver.restore(latest)
        #expect(try value(kernel) == 200)
    }

    @Test func itRemovesOnlyWhatItSavedItself() throws {
        let x = variable("x", 1)
        for step in 1...3 as ClosedRange<Int64> { try Saver([x], maxToKeep: 1).save(path + "/x", globalStep: step) }
        let saver = try Saver([x], maxToKeep: 1)
        try saver.save(path + "/x", globalStep: 4)
        try saver.save(path + "/x", globalStep: 5)
        #expect(try ids() == ["x-1", "x-2", "x-3", "x-5"])
    }

    @Test func nilAndZeroKeepAll() throws {
        for maxToKeep in [nil, 0] {
            let saver = try Saver([variable("x", 1)], maxToKeep: maxToKeep)
            for step in 1...7 as ClosedRange<Int64> { try saver.save(path + "/x", globalStep: step) }
            #expect(try ids().count == 7)
        }
    }

    @Test func aCheckpointThatIsSavedAgainIsTheNewest() throws {
        let saver = try Saver([variable("x", 1)], maxToKeep: 2)
        for name in ["a", "b", "a", "c"] { try saver.save("\(path)/\(name)") }
        #expect(try ids() == ["a", "c"])
    }

    @Test func everySoManyHoursOneStays() throws {
        let clock = Clock()
        let saver = try Saver(
            [Saver.Entry(name: "x", variable: variable("x", 1), isPart: false)],
            policy: CheckpointPolicy(keepLast: 1, keepEveryHours: 2), clock: { clock.seconds })
        // One save every half hour: those after the second and the fourth hour stay.
        for step in 1...11 as ClosedRange<Int64> {
            clock.seconds += 1800
            try saver.save(path + "/x", globalStep: step)
        }
        #expect(try ids() == ["x-11", "x-5", "x-9"])
    }

    @Test func itMaySaveToSeveralFolders() throws {
        let other = TemporaryDirectory()
        let saver = try Saver([variable("x", 1)], maxToKeep: 2)
        for (step, folder) in [path, other.path, path].enumerated() {
            try saver.save(folder + "/x", globalStep: Int64(step))
        }
        #expect(try ids() == ["x-2"])
        #expect(try latestCheckpoint(other.path) == other.path + "/x-1")
    }

    private func ids() throws -> [String] {
        try LocalFileSystem().list(path).compactMap(BundleFileNames.parseIndex).sorted()
    }

    // MARK: Partitioned variables

    /// A layer with a variable `net/dense/kernel` of `[10, 4]`, cut or whole.
    func kernel(_ partitioner: (any Partitioner)?) throws -> [Variable] {
        let layer = Maker(name: "dense") { layer, _ in
            if let partitioner {
                _ = try layer.addVariable("kernel", [10, 4], initializer: .zeros, partitioner: partitioner)
            } else {
                _ = try layer.addVariable("kernel", [10, 4], initializer: .zeros)
            }
        }
        let net = try Chain([layer], name: "net")
        _ = try net(Tensor([1, 1], [1]))
        return net.variables
    }

    @Test func partsAreSavedAsSlicesOfTheWhole() throws {
        let prefix = try inGraph { _ in
            let parts = try kernel(FixedSizePartitioner(3))
            for (index, part) in parts.enumerated() { try part.fill(Double(index)) }
            return try Saver(parts).save(path + "/x")
        }
        #expect(try listVariables(prefix).map(\.name) == ["net/dense/kernel"])
        #expect(try listVariables(prefix).map(\.shape) == [[10, 4]])
        #expect(
            try loadVariable(prefix, "net/dense/kernel").values
                == Array(repeating: 0, count: 16) + Array(repeating: 1, count: 12) + Array(repeating: 2, count: 12))
    }

    @Test(arguments: [[nil, 0], [2, 0], [5, 0], [3, 1]] as [[Int?]])
    func slicesAreRestoredIntoOtherParts(cut: [Int?]) throws {
        let prefix = Goldens.directory + "/tf_checkpoints/partitioned/model.ckpt-12"
        let whole = try loadVariable(prefix, "net/dense/kernel").values
        try inGraph { world in
            let parts = try kernel(cut[0].map { try FixedSizePartitioner($0, axis: cut[1] ?? 0) })
            try Saver(parts).restore(prefix)
            #expect(parts.count == cut[0] ?? 1)
            let joined =
                parts.count == 1 ? try parts[0].value : try concatenate(parts.map { try $0.value }, axis: cut[1] ?? 0)
            #expect(try world.values(joined) == whole)
        }
    }

    @Test func aNetworksPartsAreSavedAndRestoredByTheNameOfTheWhole() throws {
        func network(_ parts: Int) throws -> Network {
            let layer = Maker(name: "dense") { layer, _ in
                let cut = try FixedSizePartitioner(parts)
                _ = try layer.addVariable("kernel", [10], initializer: .zeros, partitioner: cut)
            }
            return try Chain([layer])
        }
        let prefix = try inGraph { world in
            let net = try network(3)
            _ = try net(world.one)
            for (index, part) in net.variables.enumerated() { try part.fill(Double(index)) }
            return try saveNetworkCheckpoint(net, path)
        }
        let whole: [Float] = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
        #expect(try listVariables(prefix).map(\.name) == ["dense/kernel"])
        try inBothModes { world in
            for (parts, isBuilt) in [(2, true), (2, false), (10, false)] {
                let net = try network(parts)
                if isBuilt { _ = try net(world.one) }
                try restoreNetworkCheckpoint(net, prefix)
                _ = try net(world.one)
                #expect(net.variables.count == (world.isGraph ? parts : 1))
                #expect(try net.variables.flatMap { try $0.storedValue.values } == whole)
            }
        }
    }
}

/// A clock that the test turns.
private final class Clock: @unchecked Sendable {
    // Sendable because each test has its own on one thread.
    var seconds = 1_000_000.0
}
