import Checkpoints
import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Section 11 of the rules: restoring what exists.
struct NetworkRestoreTests {
    let folder = TemporaryDirectory()
    var path: String { folder.path }

    /// A built network whose weights are the given numbers.
    func parent(_ weights: [Double], name: String? = nil, in world: World) throws -> ParentNetwork {
        let net = try ParentNetwork(name: name)
        _ = try net(world.one)
        for (variable, weight) in zip(net.variables, weights) { try variable.fill(weight) }
        return net
    }

    func weights(_ net: Network) throws -> [Float] { try net.variables.flatMap { try $0.storedValue.values } }

    @Test func n156_restoringNamesAnAnonymousNetworkAndMakesItsScope() throws {
        try inBothModes { world in
            let prefix = try saveNetworkCheckpoint(parent([2, 3], in: world), path)
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net, prefix)
            #expect(try [net.name, net.scopeName] == ["parent_network_1", "parent_network_1"])
            #expect(try net.first.scopeName == "parent_network_1/my_network")
            #expect(!net.isBuilt && net.variables.isEmpty)
        }
    }

    @Test func n156_aFolderMeansTheCheckpointOfTheNetworksNameWithoutAStep() throws {
        try inBothModes { world in
            let folder = TemporaryDirectory()
            let path = folder.path
            defer { withExtendedLifetime(folder) {} }
            let net = try parent([2, 3], name: "net", in: world)
            try saveNetworkCheckpoint(net, path + "/", globalStep: 10)
            #expect(
                performing: { try restoreNetworkCheckpoint(net, path) },
                throws: key(.notFound, "Failed to find any matching files for \(path)/net"))
            try saveNetworkCheckpoint(net, path)
            for variable in net.variables { try variable.fill(0) }
            try restoreNetworkCheckpoint(net, path)
            #expect(try weights(net) == [2, 3])
        }
    }

    @Test func n157_whatExistsIsAssignedAtOnceOrNotAtAll() throws {
        try inBothModes { world in
            let (net, small) = (try parent([2, 3], in: world), try MyNetwork(name: "small"))
            _ = try small(world.one)
            try small.variables[0].fill(7)
            let prefix = try saveNetworkCheckpoint(small, path)
            let partly = { (name: String) in name.contains("network_1/") ? "missing" : "dense/kernel" }
            #expect(
                performing: { try restoreNetworkCheckpoint(net, prefix, map: partly) },
                throws: key(.notFound, "Key missing not found in checkpoint"))
            #expect(try weights(net) == [2, 3])
            try restoreNetworkCheckpoint(net.second, prefix)
            #expect(try weights(net) == [2, 7])
        }
    }

    @Test func n158_aMissingCheckpointIsNotFound() throws {
        try inBothModes { world in
            let (built, unbuilt) = (try parent([2, 3], in: world), try MyNetwork())
            for net in [built, unbuilt] {
                #expect(
                    performing: { try restoreNetworkCheckpoint(net, path + "/nothing") },
                    throws: key(.notFound, "Failed to find any matching files for \(path)/nothing"))
            }
        }
    }

    @Test func n159_anotherShapeIsRefused() throws {
        try inBothModes { world in
            let (wide, narrow) = (try MyNetwork(name: "a"), try MyNetwork(name: "b"))
            _ = try wide(world.tensor([1, 3]))
            _ = try narrow(world.tensor([1, 5]))
            let prefix = try saveNetworkCheckpoint(wide, path)
            #expect(
                performing: { try restoreNetworkCheckpoint(narrow, prefix) },
                throws: key(
                    .value,
                    "Received incompatible tensor with shape (3, 1) when attempting to restore variable with shape (5, 1)"
                ))
        }
    }

    @Test func n161_aLaterRestorationOverwritesAnEarlierOne() throws {
        try inBothModes { world in
            let (first, second) = (
                try saveNetworkCheckpoint(parent([2, 3], name: "a", in: world), path),
                try saveNetworkCheckpoint(parent([4, 5], name: "b", in: world), path)
            )
            let net = try parent([0, 0], in: world)
            try restoreNetworkCheckpoint(net, first)
            try restoreNetworkCheckpoint(net, second)
            #expect(try weights(net) == [4, 5])
        }
    }

    @Test func n163_twoVariablesMayNotBecomeOne() throws {
        try inBothModes { world in
            let first = Dense(1, usesBias: false, name: "dense")
            _ = try first(world.one)
            let small = try MyNetwork(name: "small")
            _ = try small(world.one)
            let prefix = try saveNetworkCheckpoint(small, path)
            let net = try Chain([first, Dense(1, usesBias: false)], named: "Parent")
            _ = try net(world.one)
            #expect(
                performing: { try restoreNetworkCheckpoint(net, prefix) },
                throws: key(
                    .value,
                    "The default checkpoint variable name mapping strategy for Network 'parent' resulted in a naming conflict"
                ))
            #expect(
                performing: { try restoreNetworkCheckpoint(net, prefix) { _ in "dense/kernel" } },
                throws: key(
                    .value,
                    "The map_func passed to restore_network_checkpoint for the Network 'parent' resulted in two variables named 'dense/kernel'"
                ))
        }
    }

    @Test func n164_oneMapServesBothWays() throws {
        try inBothModes { world in
            let map = { (name: String) in name.split(separator: "/").suffix(3).joined(separator: ".") }
            let prefix = try saveNetworkCheckpoint(parent([2, 3], name: "a", in: world), path, map: map)
            #expect(
                try listVariables(prefix).map(\.name) == ["my_network.dense.kernel", "my_network_1.dense.kernel"])
            let net = try parent([0, 0], name: "b", in: world)
            try restoreNetworkCheckpoint(net, prefix, map: map)
            #expect(try weights(net) == [2, 3])
        }
    }

    @Test func n165_aSubNetworkIsRestoredByItsOwnScope() throws {
        try inBothModes { world in
            let alone = try MyNetwork()
            _ = try alone(world.one)
            try alone.variables[0].fill(9)
            let prefix = try saveNetworkCheckpoint(alone, path)
            let net = try parent([2, 3], in: world)
            try restoreNetworkCheckpoint(net.first, prefix)
            #expect(try weights(net) == [9, 3])
        }
    }

    @Test func n167_aGraphsAssignmentsNeedNoRun() throws {
        try inGraph { world in
            let net = try parent([2, 3], name: "net", in: world)
            let y = try net(world.one)
            let prefix = try saveNetworkCheckpoint(net, path)
            for variable in net.variables { try variable.fill(0) }
            #expect(try world.values(y) == [0])
            try restoreNetworkCheckpoint(net, prefix)
            #expect(try world.values(y) == [6])
        }
    }

    @Test func n168_restoringChangesNoNames() throws {
        try inBothModes { world in
            let prefix = try saveNetworkCheckpoint(parent([2, 3], name: "a", in: world), path)
            let net = try parent([0, 0], name: "b", in: world)
            let names = net.variableNames
            try restoreNetworkCheckpoint(net, prefix)
            #expect(net.variableNames == names)
            #expect(try [net.name, net.scopeName] == ["b", "b"])
        }
    }

    /// One publication: a reader sees all old values or all new ones.
    @Test func allVariablesOfAStoreChangeTogether() throws {
        try inGraph { world in
            let net = try parent([2, 3], name: "net", in: world)
            let prefix = try saveNetworkCheckpoint(net, path)
            let version = net.variables[0].store.version
            try restoreNetworkCheckpoint(net, prefix)
            #expect(net.variables[0].store.version == version + 1)
        }
    }

    /// Written by the reference's own save_network_checkpoint; its manifest has what the network answered there.
    @Test func n157_aCheckpointThatTheReferenceWroteIsRestored() throws {
        let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/network_saved/manifest.json"))
        let forward = try #require(manifest["forward"])
        let (input, output) = (try rows(forward["input"]), try rows(forward["output"]))
        try inBothModes { world in
            for isBuilt in [true, false] {
                let net = try TwoLayerNetwork()
                let x = world.isGraph ? try identity(input) : input
                if isBuilt { _ = try net(x) }
                try restoreNetworkCheckpoint(net, Goldens.directory + "/tf_checkpoints/network_saved/net-7")
                let y = try world.values(net(x))
                // Sums of sixteen products in another order: a few roundings of a Float.
                #expect(zip(y, output.values).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    private func rows(_ value: JSONValue?) throws -> Tensor {
        let rows = try #require(value?.array).map { ($0.array ?? []).compactMap(\.double).map(Float.init) }
        return Tensor([rows.count, rows[0].count], rows.flatMap { $0 })
    }
}
