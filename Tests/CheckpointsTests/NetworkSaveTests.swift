import Checkpoints
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Section 11 of the rules: saving networks.
struct NetworkSaveTests {
    let folder = TemporaryDirectory()
    var path: String { folder.path }

    @Test func n150_aNetworkMustHaveBeenCalled() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "abcd")
            #expect(
                performing: { try saveNetworkCheckpoint(net, path) },
                throws: key(.value, "Attempt to save the Network before it was first called"))
            _ = try net(world.one)
            #expect(try saveNetworkCheckpoint(net, path) == path + "/abcd")
        }
    }

    @Test func n150_aNetworkWithoutVariablesHasNothingToSave() throws {
        try inBothModes { world in
            let net = try Network(name: "empty")
            _ = try net(world.one)
            #expect(performing: { try saveNetworkCheckpoint(net, path) }, throws: key(.value, "No variables to save"))
        }
    }

    @Test func n151_aFolderMakesTheNetworkNameTheCheckpoint() throws {
        try inBothModes { world in
            let (net, inner) = (
                try MyNetwork(name: "abcd"),
                try variableScope("a") { _ in try variableScope("b") { _ in try MyNetwork() } }
            )
            _ = try net(world.one)
            _ = try inner(world.one)
            #expect(try saveNetworkCheckpoint(net, path) == path + "/abcd")
            #expect(try saveNetworkCheckpoint(net, path + "/") == path + "/abcd")
            #expect(try saveNetworkCheckpoint(inner, path) == path + "/a_b_my_network")
            #expect(try saveNetworkCheckpoint(net, path + "/mine") == path + "/mine")
        }
    }

    @Test func n152_theStepGoesBehindTheName() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "abcd")
            _ = try net(world.one)
            #expect(try saveNetworkCheckpoint(net, path, globalStep: 10) == path + "/abcd-10")
            #expect(try saveNetworkCheckpoint(net, path, globalStep: 0) == path + "/abcd-0")
            #expect(try saveNetworkCheckpoint(net, path) == path + "/abcd")
            try GlobalStep.create().fill(4242)
            #expect(try saveNetworkCheckpoint(net, path) == path + "/abcd-4242")
            #expect(try saveNetworkCheckpoint(net, path + "/p", globalStep: 7) == path + "/p-7")
        }
    }

    @Test func n153_theNetworksOwnScopeIsStrippedOtherNamesStayWhole() throws {
        try inBothModes { world in
            let owner = try ParentNetwork(name: "owner")
            let net = try ParentNetwork(owner.first, nil, name: "net")
            _ = try net(world.one)
            let prefix = try saveNetworkCheckpoint(net, path)
            #expect(
                try listVariables(prefix).map(\.name) == ["my_network/dense/kernel", "owner/my_network/dense/kernel"])
            let inner = try saveNetworkCheckpoint(owner.first, path)
            #expect(try listVariables(inner).map(\.name) == ["dense/kernel"])
        }
    }

    @Test func n153_aMapGetsWholeNamesWithoutTheirOutputs() throws {
        try inBothModes { world in
            let net = try TwoLayerNetwork(name: "net")
            _ = try net(world.tensor([1, 8]))
            var names: [String] = []
            let prefix = try saveNetworkCheckpoint(net, path) { name in
                names.append(name)
                return "model/" + name
            }
            #expect(names == ["net/dense/kernel", "net/dense/bias", "net/dense_1/kernel", "net/dense_1/bias"])
            #expect(try listVariables(prefix).map(\.name) == names.map { "model/" + $0 }.sorted())
        }
    }

    @Test func n154_twoVariablesMayNotBecomeOne() throws {
        try inBothModes { world in
            let folder = TemporaryDirectory()
            let path = folder.path
            defer { withExtendedLifetime(folder) {} }
            let first = Dense(1, usesBias: false, name: "dense")
            _ = try first(world.one)
            let net = try Chain([first, Dense(1, usesBias: false)], named: "Parent")
            _ = try net(world.one)
            #expect(
                performing: { try saveNetworkCheckpoint(net, path) },
                throws: key(
                    .value,
                    "The default checkpoint variable name mapping strategy for Network 'parent' resulted in a naming conflict"
                ))
            #expect(
                performing: { try saveNetworkCheckpoint(net, path) { _ in "foo" } },
                throws: key(
                    .value,
                    "The map_func passed to save_network_checkpoint for the Network 'parent' resulted in two variables named 'foo'"
                ))
            #expect(try latestCheckpoint(path) == nil)
            #expect(try saveNetworkCheckpoint(net, path) { $0 } == path + "/parent")
            #expect(try listVariables(path + "/parent").map(\.name) == ["dense/kernel", "parent/dense/kernel"])
        }
    }

    @Test func n154_oneVariableMayOccurTwice() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "net")
            _ = try net(world.one)
            try net.trackLayer(net.dense)
            #expect(net.variables.count == 2)
            #expect(try listVariables(saveNetworkCheckpoint(net, path)).map(\.name) == ["dense/kernel"])
        }
    }

    @Test func n155_savingRewritesTheFoldersStateFile() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "abcd")
            _ = try net(world.one)
            for step in 1...7 as ClosedRange<Int64> {
                let prefix = try saveNetworkCheckpoint(net, path, globalStep: step)
                #expect(try latestCheckpoint(path) == prefix)
            }
            // Nothing of what was saved before is removed.
            for step in 1...7 { #expect(try listVariables("\(path)/abcd-\(step)").count == 1) }
        }
    }

    @Test func aNetworkBuiltByHandIsNamedAndSaved() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            try net.build([1, 1])
            _ = try net.dense(world.one)
            #expect(try saveNetworkCheckpoint(net, path) == path + "/my_network")
            #expect(try listVariables(path + "/my_network").map(\.name) == ["dense/kernel"])
        }
    }

    @Test func aNameThatNoFileCanHaveIsRefused() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "a b")
            _ = try net(world.one)
            #expect(
                performing: { try saveNetworkCheckpoint(net, path) }, throws: key(.value, "cannot name a checkpoint"))
        }
    }
}
