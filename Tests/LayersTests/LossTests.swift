import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 6 of the rules: losses.
struct LossTests {
    @Test func n90_lossesComeInTheOrderOfLayersAndOfTheirMaking() throws {
        try inBothModes { world in
            let shared = Dense(1, kernelRegularizer: .l1(2), biasRegularizer: .l1(2))
            let net = try Chain([shared, Dense(1, biasRegularizer: .l1(2))])
            #expect(try net.losses.isEmpty)
            _ = try net(world.one)
            for (variable, value) in zip(net.variables, [2, 3, -2, 4]) { try variable.fill(Double(value)) }
            #expect(try net.losses.map { try world.values($0) } == [[4], [6], [8]])
            try net.trackLayer(shared)
            #expect(try net.losses.map { try world.values($0) } == [[4], [6], [8], [4], [6]])
        }
    }

    /// As 1.8 does it: penalties, made by `build`, come before the losses that calls add.
    @Test func n90_penaltiesComeBeforeTheLossesOfCalls() throws {
        try inGraph { world in
            let layer = LossLayer()
            _ = try layer(world.tensor([2, 3]))
            #expect(try layer.losses.map { try world.values($0) } == [[3], [6]])
        }
    }

    @Test func n91_lossesFollowTheVariables() throws {
        try inBothModes { world in
            let dense = Dense(1, usesBias: false, kernelRegularizer: .l2(1))
            _ = try dense(world.one)
            let before = try dense.losses
            for value in [2.0, 5.0] {
                try dense.variables[0].fill(value)
                #expect(try dense.losses.map { try world.values($0) } == [[Float(value * value)]])
            }
            let after = try dense.losses
            // A graph gives the tensors that it has; eager execution computes new ones.
            #expect((before[0].id == after[0].id) == world.isGraph)
        }
    }

    @Test func n92_aRegularizerMayAddNothing() throws {
        try inBothModes { world in
            let dense = Dense(1, kernelRegularizer: Silent())
            _ = try dense(world.one)
            #expect(try dense.losses.isEmpty)
            #expect(VariableScope.current.registry.collections.count(.regularizationLosses) == 0)
        }
    }

    @Test func n93_aNetworkTakesNoLoss() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            #expect(
                performing: { try net.addLoss(world.tensor([])) },
                throws: key(.runtime, "add_loss is not supported in Network class yet"))
        }
    }

    @Test func n94_aLayerTakesLossesInAGraphOnly() throws {
        try eagerly { world in
            #expect(
                performing: { try Dense(1).addLoss(world.tensor([])) },
                throws: key(.runtime, "Layer.add_loss not supported in Eager mode"))
        }
        try inGraph { world in
            let dense = Dense(1)
            let (loss, conditional) = (try world.tensor([]), try world.tensor([], fill: 2))
            try dense.addLoss([loss, conditional], inputs: [world.one])
            try dense.addLoss(loss)
            #expect(try dense.losses.map(\.id) == [loss.id, conditional.id, loss.id])
            #expect(try dense.getLossesFor(nil).map(\.id) == [loss.id])
            #expect(VariableScope.current.registry.collections.count(.regularizationLosses) == 2)
        }
    }

    @Test func n95_lossesAreFoundByTheInputsTheyDependOn() throws {
        try inGraph { world in
            let layer = LossLayer()
            let (a, b) = (try world.tensor([2, 3]), try world.tensor([4, 3], fill: 2))
            _ = try layer(a)
            _ = try layer(b)
            try layer.addLoss(world.tensor([], fill: 2.5))
            #expect(try layer.losses.count == 4)
            #expect(try layer.getLossesFor(a).map { try world.values($0) } == [[6]])
            #expect(try layer.getLossesFor(b).map { try world.values($0) } == [[24]])
            #expect(try layer.getLossesFor(nil).map { try world.values($0) } == [[3], [2.5]])
            #expect(try layer.getLossesFor([a, b]).count == 2)
            #expect(try layer.getLossesFor([]).isEmpty)
        }
    }

    @Test func n95_aNetworksLossesAreFoundInItsLayers() throws {
        try inGraph { world in
            let net = try Chain([LossLayer(), LossLayer()])
            let x = try world.tensor([2, 3])
            _ = try net(x)
            #expect(try net.getLossesFor(x).count == 2)
            #expect(try net.getLossesFor(nil).count == 2)
        }
    }

    @Test func n95_executingEagerlyThereIsNoSuchQuestion() throws {
        try eagerly { world in
            for layer in [Dense(1), try MyNetwork()] as [Layer] {
                #expect(
                    performing: { _ = try layer.getLossesFor(world.one) },
                    throws: key(.runtime, "get_losses_for not supported in Eager mode"))
            }
        }
    }

    @Test func n101_aNetworksActivityRegularizerIsNilUntilItIsSet() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            #expect(net.activityRegularizer == nil)
            net.activityRegularizer = .l2(1)
            #expect(net.activityRegularizer != nil)
            // It would add a loss, which a network takes in neither mode.
            if world.isGraph {
                #expect(performing: { _ = try net(world.one) }, throws: key(.runtime, "add_loss is not supported"))
            } else {
                #expect(performing: { _ = try net(world.one) }, throws: key(.value, "activity_regularizer"))
            }
        }
    }

    @Test func n101_inAGraphEachCallsOutputIsPenalised() throws {
        try inGraph { world in
            let dense = Dense(1, kernelInitializer: .ones, activityRegularizer: .l2(1))
            let (a, b) = (try world.tensor([2, 1], fill: 3), try world.tensor([1, 1], fill: 2))
            _ = try dense(a)
            _ = try dense(b)
            // Without regard to the size of the batch: 2 · 3², 2².
            #expect(try dense.losses.map { try world.values($0) } == [[18], [4]])
            #expect(try dense.getLossesFor(a).map { try world.values($0) } == [[18]])
            #expect(try dense.getLossesFor(nil).isEmpty)
        }
    }

    @Test func n101_executingEagerlyItIsRefused() throws {
        try eagerly { world in
            let dense = Dense(1, activityRegularizer: .l2(1))
            #expect(performing: { _ = try dense(world.one) }, throws: key(.value, "activity_regularizer"))
            #expect(performing: { _ = try dense(world.one) }, throws: key(.value, "eager"))
        }
    }
}

private struct Silent: Regularizer {
    func callAsFunction(_ value: Tensor) -> Tensor? { nil }
}
