import Checkpoints
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Section 11 of the rules: restoring what is still to be made.
struct DeferredRestorationTests {
    let folder = TemporaryDirectory()
    var path: String { folder.path }

    /// The checkpoint of a network of two, whose weights are the given numbers.
    func parentCheckpoint(_ weights: [Double], _ name: String, in world: World) throws -> String {
        let net = try ParentNetwork(name: name)
        _ = try net(world.one)
        for (variable, weight) in zip(net.variables, weights) { try variable.fill(weight) }
        return try saveNetworkCheckpoint(net, path)
    }

    /// The checkpoint of a network of one.
    func checkpoint(
        _ weight: Double, _ name: String, in world: World, map: ((String) -> String)? = nil
    ) throws -> String {
        let net = try MyNetwork(name: name)
        _ = try net(world.one)
        try net.variables[0].fill(weight)
        return try saveNetworkCheckpoint(net, path, map: map)
    }

    func weights(_ net: Network) throws -> [Float] { try net.variables.flatMap { try $0.storedValue.values } }

    @Test func n160_theValuesAreThereWhenTheVariablesAreMade() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net, parentCheckpoint([2, 3], "a", in: world))
            #expect(net.variables.isEmpty)
            #expect(try world.values(net(world.one)) == [6])
            #expect(try weights(net) == [2, 3])
        }
    }

    @Test func n160_someMayExistAndOthersWait() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            _ = try net.first(world.one)
            try restoreNetworkCheckpoint(net, parentCheckpoint([2, 3], "a", in: world))
            #expect(try weights(net) == [2])
            _ = try net(world.one)
            #expect(try weights(net) == [2, 3])
        }
    }

    @Test func n160_sharedLayersAreRestoredForTheirOwnersToo() throws {
        try inBothModes { world in
            let owner = try Chain([Dense(1, usesBias: false, name: "first")], named: "Owner")
            let user = try Chain([owner.layers[0], Dense(1, usesBias: false, name: "second")], named: "User")
            let map = { (name: String) in
                name.hasSuffix("network/dense/kernel") ? "owner/first/kernel" : "second/kernel"
            }
            try restoreNetworkCheckpoint(
                user,
                {
                    let net = try ParentNetwork(name: "creator")
                    _ = try net(world.one)
                    for (variable, weight) in zip(net.variables, [5, 6]) { try variable.fill(Double(weight)) }
                    return try saveNetworkCheckpoint(net, path, map: map)
                }())
            #expect(owner.variables.isEmpty)
            #expect(try world.values(user(world.one)) == [30])
            #expect(try world.values(owner(world.one)) == [5])
            #expect(owner.variables[0] === user.variables[0])
        }
    }

    @Test func n160_layersThatAreTrackedLaterAreRestoredToo() throws {
        try inBothModes { world in
            let net = try Sequential()
            try restoreNetworkCheckpoint(net, checkpoint(4, "a", in: world))
            try net.add(Dense(1, usesBias: false))
            #expect(try world.values(net(world.one)) == [4])
        }
    }

    @Test func n160_aValueOfAnotherShapeOrDTypeIsRefusedAtCreation() throws {
        try inBothModes { world in
            let prefix = try checkpoint(4, "a", in: world)
            let (wide, double) = (try MyNetwork(), try MyNetwork())
            try restoreNetworkCheckpoint(wide, prefix)
            try restoreNetworkCheckpoint(double, prefix)
            let refusal = key(.value, "Received incompatible tensor with shape [1, 1]")
            #expect(performing: { _ = try wide(world.tensor([1, 3])) }, throws: refusal)
            #expect(wide.variables.isEmpty && wide.dense.dtype == nil)
            #expect(performing: { _ = try double(cast(world.one, to: .float64)) }, throws: refusal)
            // With an input that fits, the value is still there.
            #expect(try world.values(wide(world.one)) == [4])
        }
    }

    @Test func n161_theLatestRequestThatHasTheNameWins() throws {
        try inBothModes { world in
            let whole = try parentCheckpoint([15, 16], "whole", in: world)
            let part = try checkpoint(5, "part", in: world)
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net, whole)
            try restoreNetworkCheckpoint(net.first, part)
            try restoreNetworkCheckpoint(net.first, part)
            _ = try net(world.one)
            #expect(try weights(net) == [5, 16])

            let other = try ParentNetwork()
            try restoreNetworkCheckpoint(other.first, part)
            try restoreNetworkCheckpoint(other, whole)
            _ = try other(world.one)
            #expect(try weights(other) == [15, 16])

            // And what exists by now is overwritten, as ever.
            try restoreNetworkCheckpoint(other.second, part)
            #expect(try weights(other) == [15, 5])
            #expect(
                performing: { try restoreNetworkCheckpoint(other, part) },
                throws: key(.notFound, "not found in checkpoint"))
        }
    }

    @Test func n162_whatFoundAVariableDoesNotWait() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            _ = try net(world.one)
            try restoreNetworkCheckpoint(net, checkpoint(5, "a", in: world))
            // A layer of the same name that comes later finds nothing waiting, or there would be a conflict.
            let map = { (_: String) in "dense/kernel" }
            try restoreNetworkCheckpoint(net, path + "/a", map: map)
            let late = try net.trackLayer(Dense(1, usesBias: false, kernelInitializer: .constant(7)))
            _ = try late(world.one)
            #expect(try weights(net) == [5, 7])
        }
    }

    @Test func n163_theSecondVariableOfANameIsRefusedWhenItIsMade() throws {
        try inBothModes { world in
            let prefix = try checkpoint(5, "a", in: world) { _ in "foo" }
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net, prefix) { _ in "foo" }
            #expect(
                performing: { _ = try net(world.one) },
                throws: key(
                    .value,
                    "The map_func passed to restore_network_checkpoint for the Network 'parent_network' resulted in two variables named 'foo'"
                ))
        }
    }

    @Test func n163_soIsTheSecondOneOfTheDefaultNames() throws {
        try inBothModes { world in
            // The shared layer's name, which stays whole, is the name that the own one has without the prefix.
            let shared = Dense(1, usesBias: false)
            let owner = try Chain([shared], name: "dense_net")
            let net = try Chain([shared, Chain([Dense(1, usesBias: false)], name: "dense_net")], name: "net")
            let prefix = try checkpoint(5, "a", in: world) { _ in "dense_net/dense/kernel" }
            try restoreNetworkCheckpoint(net, prefix)
            #expect(
                performing: { _ = try net(world.one) },
                throws: key(
                    .value,
                    "The default checkpoint variable name mapping strategy for Network 'net' resulted in a naming conflict"
                ))
            withExtendedLifetime(owner) {}
        }
    }

    @Test func n165_aSubNetworkWaitsUnderItsOwnScope() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net.first, checkpoint(5, "a", in: world))
            #expect(try [net.name, net.first.scopeName] == ["parent_network", "parent_network/my_network"])
            _ = try net(world.one)
            #expect(try weights(net.first) == [5])
        }
    }

    @Test func n166_aSharedLayerWithoutItsOwnerCannotBeRestored() throws {
        try inBothModes { world in
            let prefix = try checkpoint(5, "a", in: world)
            for isNested in [false, true] {
                var owner: Network? = try Chain([Dense(1)])
                let shared = try #require(owner?.layers[0])
                let user: Network = try Chain([shared])
                let net = isNested ? try Chain([user], name: "outer") : user
                owner = nil
                #expect(
                    performing: { try restoreNetworkCheckpoint(net, prefix) },
                    throws: key(.value, "was garbage collected before the Layer was built"))
                #expect(owner == nil)
            }
        }
    }

    @Test func n167_aGraphHasTheValuesBeforeAnythingRuns() throws {
        try inGraph { world in
            let net = try MyNetwork()
            try restoreNetworkCheckpoint(net, checkpoint(5, "a", in: world))
            let y = try net(world.one)
            #expect(try net.variables[0].storedValue.values == [5])
            #expect(try world.values(y) == [5])
        }
    }

    @Test func n168_restoringChangesNoNamesOfWhatIsStillToBeMade() throws {
        try inBothModes { world in
            let net = try ParentNetwork(name: "b")
            try restoreNetworkCheckpoint(net, parentCheckpoint([2, 3], "a", in: world))
            _ = try net(world.one)
            #expect(net.variableNames == ["b/my_network/dense/kernel:0", "b/my_network_1/dense/kernel:0"])
        }
    }

    @Test func aCopyWaitsOnItsOwn() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            try restoreNetworkCheckpoint(net, parentCheckpoint([2, 3], "a", in: world))
            let copy = try net.copy()
            if !world.isGraph { #expect(try world.values(copy(world.one)) == [6]) }
            #expect(try world.values(net(world.one)) == [6])
        }
    }

    /// Eagerly: a graph keeps the variables that were made, as the reference's does, and refuses others of their names.
    @Test func aFailedBuildLosesNothingThatWaits() throws {
        try eagerly { world in
            let source = try Chain(
                [Dense(1, kernelInitializer: .constant(3), biasInitializer: .constant(4))], name: "a")
            _ = try source(world.one)
            var isBroken = true
            let layer = Maker(name: "dense") { layer, _ in
                _ = try layer.addVariable("kernel", [1, 1])
                _ = try layer.addVariable("bias", isBroken ? [2] : [1])
            }
            let net = try Chain([layer], name: "b")
            try restoreNetworkCheckpoint(net, saveNetworkCheckpoint(source, path))
            #expect(performing: { _ = try net(world.one) }, throws: key(.value, "incompatible tensor"))
            isBroken = false
            _ = try net(world.one)
            #expect(try weights(net) == [3, 4])
        }
    }
}
