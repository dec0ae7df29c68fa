import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 6 of the rules: updates.
struct UpdateTests {
    @Test func n97_updatesAreIgnoredEagerlyAndKeptInAGraph() throws {
        try inBothModes { world in
            let dense = Dense(1)
            dense.addUpdate(try world.tensor([]))
            dense.addUpdate([try world.tensor([])], inputs: [try world.one])
            if world.isGraph {
                #expect(try dense.updates.count == 2)
                #expect(try dense.getUpdatesFor(nil).count == 1)
            } else {
                #expect(performing: { _ = try dense.updates }, throws: key(.runtime, "Layer.updates not supported"))
            }
        }
    }

    @Test func n98_aLayerThatIsNeitherTrainableNorStatefulHasNone() throws {
        try inGraph { world in
            let (layer, stateful) = (LossLayer(), Stateful())
            let x = try world.tensor([2, 3])
            _ = try layer(x)
            _ = try layer(x)
            #expect(try layer.updates.count == 2)
            layer.isTrainable = false
            #expect(try layer.updates.isEmpty && layer.getUpdatesFor(x).isEmpty)
            stateful.isTrainable = false
            _ = try stateful(x)
            #expect(try stateful.updates.count == 1 && stateful.getUpdatesFor(x).count == 1)
        }
    }

    @Test func n98_theUpdatesOfCallsAreCollectedOnce() throws {
        try inGraph { world in
            let (layer, frozen) = (LossLayer(), LossLayer(isTrainable: false))
            let x = try world.tensor([2, 3])
            for _ in 0..<2 { _ = try layer(x) }
            _ = try frozen(x)
            let collected = VariableScope.current.registry.collections.tensors(.updateOperations)
            #expect(try collected.map(\.id) == layer.updates.map(\.id))
        }
    }

    @Test func n98_executingEagerlyALayerRefusesTheQuestion() throws {
        try eagerly { world in
            let layer = LossLayer()
            _ = try layer(world.one)
            #expect(
                performing: { _ = try layer.updates },
                throws: key(.runtime, "Layer.updates not supported in Eager mode"))
            #expect(try MyNetwork().updates.isEmpty)
        }
    }

    /// An update is an operation: it happens when it is run, and what depends on it happens then.
    @Test func n98_anUpdateThatIsRunTakesEffect() throws {
        try inGraph { world in
            let layer = LossLayer()
            _ = try layer(world.tensor([2, 3]))
            #expect(try layer.variables[1].storedValue.values == [0])
            for update in try layer.updates { _ = try world.values(update) }
            #expect(try layer.variables[1].storedValue.values == [6])
        }
    }

    @Test func n99_aNetworkHasOnlyItsOwnUpdates() throws {
        try inGraph { world in
            let net = try Chain([LossLayer(), LossLayer()])
            _ = try net(world.tensor([2, 3]))
            #expect(try net.updates.isEmpty)
            #expect(try net.layers.map { try $0.updates.count } == [1, 1])
            #expect(VariableScope.current.registry.collections.count(.updateOperations) == 2)
            net.addUpdate(try world.tensor([]))
            #expect(try net.updates.count == 1)
        }
    }

    @Test func n100_updatesAreFoundByTheInputsTheyDependOn() throws {
        try inGraph { world in
            let layer = LossLayer()
            let (a, b) = (try world.tensor([2, 3]), try world.tensor([4, 3]))
            _ = try layer(a)
            _ = try layer(b)
            layer.addUpdate(try world.tensor([]))
            #expect(try layer.getUpdatesFor(a).map(\.id) == [layer.updates[0].id])
            #expect(try layer.getUpdatesFor([a, b]).count == 2)
            #expect(try layer.getUpdatesFor(nil).map(\.id) == [layer.updates[2].id])
        }
        try eagerly { world in
            #expect(
                performing: { _ = try Dense(1).getUpdatesFor(world.one) },
                throws: key(.runtime, "get_updates_for not supported in Eager mode"))
        }
    }
}

/// Updates its state at each call, trainable or not.
private final class Stateful: Layer {
    override var isStateful: Bool { true }

    override func call(_ input: Tensor) throws -> Tensor {
        addUpdate(try sum(input), inputs: [input])
        return input
    }
}
