import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 9 of the rules: copying.
struct CopyTests {
    @Test func n130_anUnbuiltLayersCopyGoesItsOwnWayUnderTheSameName() throws {
        try inBothModes { world in
            let dense = Dense(1, usesBias: false)
            let copy = try dense.copy()
            #expect(try [dense.name, copy.name, Dense(1).name] == ["dense_1", "dense_1", "dense_2"])
            _ = try dense(world.one)
            _ = try copy(world.one)
            #expect(dense.variableNames + copy.variableNames == ["dense/kernel:0", "dense_1/kernel:0"])
            #expect(dense.variables[0] !== copy.variables[0])
        }
    }

    @Test func n131_aBuiltNetworksCopyHasTheSameValuesInVariablesOfItsOwn() throws {
        try eagerly { world in
            let net = try ParentNetwork(name: "net")
            _ = try net(world.one)
            try net.variables[0].fill(3)
            try net.variables[1].fill(5)
            let copy = try net.copy()
            #expect(copy.variableNames == net.variableNames)
            #expect(try copy.name == "net" && copy.scopeName == "net" && copy.isBuilt)
            #expect(zip(copy.variables, net.variables).allSatisfy { $0 !== $1 })
            #expect(try copy(world.one).values == [15])
            try net.variables[0].fill(7)
            try copy.variables[1].fill(2)
            #expect(try copy(world.one).values == [6])
            #expect(try net(world.one).values == [35])
            #expect(copy.first.variables[0] === copy.variables[0])
        }
    }

    @Test func n131_settingsAreCopiedToo() throws {
        try eagerly { world in
            let dense = Dense(2, kernelRegularizer: .l2(1), dtype: .float64)
            dense.activityRegularizer = nil
            dense.isTrainable = false
            _ = try dense(cast(world.tensor([1, 3]), to: .float64))
            let copy = try dense.copy()
            #expect(copy.dtype == .float64 && !copy.isTrainable && copy.nonTrainableVariables.count == 2)
            #expect(try copy.losses.map { $0.scalars(Double.self) } == dense.losses.map { $0.scalars(Double.self) })
            #expect(
                performing: { _ = try copy(cast(world.tensor([1, 4]), to: .float64)) },
                throws: key(.value, "is incompatible with the layer"))
        }
    }

    @Test func n131_aCopyUsesUpNoNames() throws {
        try eagerly { world in
            let net = try MyNetwork()
            _ = try net(world.one)
            let copy = try net.copy()
            let next = try MyNetwork()
            _ = try next(world.one)
            #expect(try [copy.name, next.name, Dense(1).name] == ["my_network", "my_network_1", "dense_3"])
        }
    }

    /// As in 2.15: operations cannot be copied.
    @Test func n132_whatWasBuiltInAGraphCannotBeCopied() throws {
        try inGraph { world in
            let (net, unbuilt) = (try ParentNetwork(), try ParentNetwork())
            _ = try net(world.one)
            #expect(performing: { _ = try net.copy() }, throws: key(.runtime, "was built in a graph"))
            _ = try unbuilt.copy()
        }
    }

    /// The reference leaves a copy's layers to the original's network; that is called an accident.
    @Test func n133_anUnbuiltCopysLayersBelongToTheCopy() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            let copy = try net.copy()
            #expect(performing: { try copy.name }, throws: key(.value, "does not yet have a final name"))
            _ = try copy(world.one)
            _ = try net(world.one)
            #expect(
                copy.variableNames + net.variableNames == [
                    "parent_network/my_network/dense/kernel:0", "parent_network/my_network_1/dense/kernel:0",
                    "parent_network_1/my_network/dense/kernel:0", "parent_network_1/my_network_1/dense/kernel:0",
                ])
        }
    }

    @Test func n133_aCopyInAScopeGoesIntoThatScope() throws {
        try inBothModes { world in
            let net = try variableScope("scope") { _ in try MyNetwork() }
            let copy = try net.copy()
            _ = try copy(world.one)
            #expect(copy.variableNames == ["scope/my_network/dense/kernel:0"])
        }
    }

    @Test func n134_objectBasedCheckpointsDoNotTakeNetworks() throws {
        try inBothModes { _ throws in
            #expect(
                performing: { _ = try MyNetwork().gatherSaveablesForCheckpoint() },
                throws: key(.notImplemented, "tfe.Network does not support object-based checkpointing"))
        }
    }

    // MARK: What is shared

    @Test func whatTheOriginalSharesTheCopyShares() throws {
        try eagerly { world in
            let shared = Dense(1, usesBias: false)
            let net = try Chain([Chain([shared]), Chain([shared]), shared], name: "net")
            _ = try net(world.one)
            try net.variables[0].fill(2)
            let copy = try net.copy()
            #expect(Set(copy.variables.map(ObjectIdentifier.init)).count == 1)
            #expect(copy.variables[0] !== net.variables[0])
            #expect(copy.layers[2] === (copy.layers[0] as? Network)?.layers[0])
            #expect(try copy(world.one).values == [8])
        }
    }

    @Test func aSequentialKeepsItsFunctionsAndItsRepetitions() throws {
        try eagerly { world in
            let dense = Dense(1, usesBias: false)
            let net = try Sequential([dense, Function { try $0 + 1 }, dense])
            for original in [try net.copy(), net] {
                _ = try original(world.one)
                try original.variables[0].fill(3)
            }
            let copy = try net.copy()
            try net.variables[0].fill(0)
            #expect(copy.layers.count == 1)
            // (1 · 3 + 1) · 3
            #expect(try copy(world.one).values == [12])
        }
    }

    @Test func whatWasTrackedLateOrTwiceIsCopied() throws {
        try eagerly { world in
            let net = try MyNetwork(name: "net")
            _ = try net(world.one)
            try net.trackLayer(net.dense)
            let late = try net.trackLayer(Dense(1, name: "late"))
            _ = try late(world.one)
            let copy = try net.copy()
            #expect(copy.variableNames == net.variableNames)
            #expect(copy.layers.count == 3 && copy.layers[0] === copy.layers[1] && copy.layers[2] !== late)
            #expect(
                performing: { try copy.trackLayer(Dense(1, name: "late")) },
                throws: key(.value, "Attempt to add two Layers"))
        }
    }

    @Test func aLayerInsideALayerIsCopied() throws {
        try eagerly { world in
            let wrapper = Holder(Dense(1, usesBias: false))
            _ = try wrapper(world.one)
            try wrapper.held.variables[0].fill(4)
            let copy = try wrapper.copy()
            try wrapper.held.variables[0].fill(0)
            #expect(copy.held.variableNames == wrapper.held.variableNames)
            #expect(try copy(world.one).values == [4])
        }
    }

    @Test func anEagerStoreDoesNotLendTheCopyTheOriginalsVariables() throws {
        try eagerly { world in
            try EagerVariableStore().asDefault {
                let dense = Dense(1, usesBias: false)
                _ = try dense(world.one)
                #expect(try dense.copy().variables[0] !== dense.variables[0])
            }
        }
    }

    @Test func copyingIsNoPartOfATapeOrOfAPlan() throws {
        try eagerly { world in
            let net = try MyNetwork(name: "net")
            _ = try net(world.one)
            try net.variables[0].fill(3)
            let copy = try Plan(tracing: [TensorSpec([1, 1])], in: net.variables[0].store) { x in
                [try net(x[0]) + net.copy()(Tensor([1, 1], [1]))]
            }
            #expect(copy.outputs[0].shape == [1, 1])
        }
    }

    @Test func aClassThatDoesNotSayHowCannotBeCopied() throws {
        try eagerly { world in
            #expect(performing: { _ = try Maker { _, _ in }.copy() }, throws: key(.notImplemented, "emptyCopy"))
            let dense = Dense(1)
            try dense.build([1, 1])
            #expect(performing: { _ = try dense.copy() }, throws: key(.runtime, "was built by hand"))
        }
    }
}

/// A plain layer that was given another.
private final class Holder: Layer {
    let held: Dense

    init(_ held: Dense) {
        self.held = held
        super.init()
    }

    override func call(_ input: Tensor) throws -> Tensor { try held(input) }
    override func emptyCopy() throws -> Layer { Holder(try copied(held)) }
}
