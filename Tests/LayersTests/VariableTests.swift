import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 5 of the rules: variables, whole ones.
struct VariableTests {
    @Test func n70_variablesAreThoseOfTheLayersInOrderOfTracking() throws {
        try inBothModes { world in
            let shared = Dense(1, usesBias: false)
            let net = try Chain([shared, Dense(1), shared], name: "net")
            _ = try net(world.one)
            try net.trackLayer(shared)
            let names = ["net/dense/kernel:0", "net/dense_1/kernel:0", "net/dense_1/bias:0", "net/dense/kernel:0"]
            #expect(net.variableNames == names)
            #expect(net.weights.map(\.name) == names)
        }
    }

    @Test func n71_trainableAndOtherVariablesAreGatheredAlike() throws {
        try inBothModes { world in
            let net = try Chain([Statistics(), Dense(1), Statistics()], name: "net")
            _ = try net(world.tensor([2, 2]))
            let trainable = [
                "net/statistics/scale:0", "net/dense/kernel:0", "net/dense/bias:0", "net/statistics_1/scale:0",
            ]
            let others = ["net/statistics/mean:0", "net/statistics_1/mean:0"]
            #expect(net.trainableVariables.map(\.name) == trainable)
            #expect(net.trainableWeights.map(\.name) == trainable)
            #expect(net.nonTrainableVariables.map(\.name) == others)
            #expect(net.nonTrainableWeights.map(\.name) == others)
        }
    }

    @Test func n72_aLayersTrainableVariablesComeFirst() throws {
        try inBothModes { world in
            let (statistics, dense) = (Statistics(layerName: "s"), Dense(1, name: "d"))
            _ = try statistics(world.one)
            _ = try dense(world.one)
            #expect(statistics.variableNames == ["s/scale:0", "s/mean:0"])
            #expect(dense.variableNames == ["d/kernel:0", "d/bias:0"])
        }
    }

    @Test func n73_statisticsStandBetweenTheLayersOfANetwork() throws {
        try inBothModes { world in
            let net = try Chain([Statistics(), Dense(1, usesBias: false)], name: "net")
            _ = try net(world.one)
            #expect(net.variableNames == ["net/statistics/scale:0", "net/statistics/mean:0", "net/dense/kernel:0"])
            #expect(net.variableNames != (net.trainableVariables + net.nonTrainableVariables).map(\.name))
        }
    }

    @Test func n74_theDocumentationsNetworkHasTheDocumentedVariables() throws {
        try inBothModes { world in
            let net = try TwoLayerNetwork(name: "net")
            _ = try net(world.tensor([1, 8]))
            #expect(
                net.variableNames
                    == ["net/dense/kernel:0", "net/dense/bias:0", "net/dense_1/kernel:0", "net/dense_1/bias:0"])
        }
    }

    @Test func n75_whatIsNotTrainableMovesInEveryNetwork() throws {
        try inBothModes { world in
            let shared = Dense(1)
            let (net, other) = (try Chain([shared, Dense(1)], name: "net"), try Chain([shared], name: "other"))
            _ = try net(world.one)
            _ = try other(world.one)
            let before = net.variableNames
            shared.isTrainable = false
            #expect(net.trainableVariables.map(\.name) == ["net/dense_1/kernel:0", "net/dense_1/bias:0"])
            #expect(net.nonTrainableVariables.map(\.name) == ["net/dense/kernel:0", "net/dense/bias:0"])
            #expect(other.trainableVariables.isEmpty && other.nonTrainableVariables.count == 2)
            #expect(net.variableNames == before)
            shared.isTrainable = true
            #expect(net.trainableVariables.map(\.name) == before)
        }
    }

    @Test func n76_aLayerMadeUntrainableStaysOutOfTheGraphsCollection() throws {
        try inBothModes { world in
            let frozen = Dense(1, isTrainable: false)
            _ = try frozen(world.one)
            _ = try Dense(1)(world.one)
            #expect(frozen.trainableVariables.isEmpty && frozen.nonTrainableVariables.count == 2)
            frozen.isTrainable = true
            #expect(frozen.trainableVariables.count == 2)
            let collected = VariableScope.current.registry.collections.variables(.trainableVariables)
            #expect(collected.map(\.name) == (world.isGraph ? ["dense_1/kernel:0", "dense_1/bias:0"] : []))
        }
    }

    @Test func n77_aGetterMayForceVariablesToBeUntrainable() throws {
        try inBothModes { world in
            let freeze = VariableScopeOptions(getter: { request, make in
                var request = request
                request.isTrainable = false
                return try make(request)
            })
            let net = try variableScope("", freeze) { _ in try MyNetwork() }
            _ = try net(world.one)
            #expect(net.trainableVariables.isEmpty)
            #expect(net.nonTrainableVariables.map(\.name) == ["my_network/dense/kernel:0"])
            #expect(VariableScope.current.registry.collections.variables(.trainableVariables).isEmpty)
        }
    }

    @Test func n78_aNetworkIsAlwaysTrainable() throws {
        try inBothModes { _ in
            let net = try MyNetwork()
            try net.setTrainable(true)
            #expect(net.isTrainable)
            #expect(
                performing: { try net.setTrainable(false) },
                throws: key(.attribute, "cannot mark Network as not trainable"))
            // A property cannot refuse, so it does nothing.
            net.isTrainable = false
            #expect(net.isTrainable)
        }
    }

    @Test func n79_parametersAreCountedWithRepetitionsOnceTheLayerIsBuilt() throws {
        try inBothModes { world in
            let net = try TwoLayerNetwork(name: "net")
            #expect(performing: { try net.countParams() }, throws: key(.value, "isn't built"))
            _ = try net(world.tensor([1, 8]))
            #expect(try net.countParams() == 161)
            #expect(try net.layerOne.countParams() == 144)
            try net.trackLayer(net.layerTwo)
            #expect(try net.countParams() == 161 + 17)
        }
    }

    @Test func n80_aNetworkHasNoVariablesOfItsOwn() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            let refusal = key(.runtime, "add_variable not supported in Network class yet")
            #expect(performing: { _ = try net.addVariable("v", []) }, throws: refusal)
            let halves = try FixedSizePartitioner(2)
            #expect(performing: { _ = try net.addVariable("v", [2], partitioner: halves) }, throws: refusal)
            _ = try net(world.one)
            #expect(performing: { _ = try net.addVariable("v", []) }, throws: refusal)
        }
    }

    @Test func n81_addVariableMakesWhatItIsTold() throws {
        try inBothModes { world in
            let layer = Maker(name: "layer") { layer, shape in
                let variable = try layer.addVariable(
                    "v", [shape[1], 3], dtype: .float64, initializer: .constant(2), regularizer: .l2(1),
                    isTrainable: false, constraint: Halved())
                #expect(variable.name == "layer/v:0")
                #expect(variable.spec == TensorSpec([2, 3], .float64))
                #expect(try variable.storedValue.scalars(Double.self) == Array(repeating: 2, count: 6))
                let halved = try variable.constraint?(Tensor(4))
                #expect(try halved.map { try world.values($0) } == [2])
            }
            _ = try layer(world.tensor([1, 2]))
            #expect(layer.trainableVariables.isEmpty)
            #expect(try layer.losses.count == 1)
        }
    }

    @Test func n81_aBuiltLayerGivesTheVariableThatItHas() throws {
        try inBothModes { world in
            let dense = Dense(3, kernelRegularizer: .l2(1), name: "dense")
            _ = try dense(world.tensor([1, 2]))
            #expect(try dense.addVariable("kernel", [2, 3], regularizer: .l2(1)) === dense.variables[0])
            #expect(try dense.losses.count == 1)
            #expect(
                performing: { _ = try dense.addVariable("kernel", [3, 2]) },
                throws: key(.value, "Trying to share variable dense/kernel"))
            if world.isGraph {
                #expect(
                    performing: { _ = try dense.addVariable("other", []) },
                    throws: key(.value, "does not exist, or was not created with tf.get_variable()"))
            } else {
                #expect(try dense.addVariable("other", []).name == "dense/other:0")
            }
        }
    }

    @Test func n81_aGraphRefusesTwoVariablesOfOneName() throws {
        try inBothModes { world in
            let layer = Maker { layer, _ in
                _ = try layer.addVariable("v", [])
                _ = try layer.addVariable("v", [])
            }
            if world.isGraph {
                #expect(
                    performing: { _ = try layer(world.one) },
                    throws: key(.value, "Variable maker/v already exists, disallowed"))
                #expect(layer.variables.isEmpty && !layer.isBuilt)
            } else {
                _ = try layer(world.one)
                #expect(layer.variables.count == 2)
            }
        }
    }

    @Test func n81_aShapeMustBeKnown() throws {
        try inBothModes { world in
            let layer = Maker { layer, _ in _ = try layer.addVariable("v", [2, nil]) }
            #expect(performing: { _ = try layer(world.one) }, throws: key(.value, "must be fully defined"))
        }
    }

    @Test func n82_theDTypeAndTheFirstValueHaveDefaults() throws {
        try inBothModes { world in
            let layer = Maker { layer, _ in
                _ = try layer.addVariable("own", [50])
                _ = try layer.addVariable("whole", [2], dtype: .int32)
                _ = try layer.addVariable("truth", [2], dtype: .bool)
            }
            _ = try layer(cast(world.one, to: .float64))
            #expect(layer.variables.map(\.dtype) == [.float64, .int32, .bool])
            let own = try layer.variables[0].storedValue.scalars(Double.self)
            // Glorot: ±√(6 / (50 + 50)).
            #expect(own.allSatisfy { abs($0) <= 0.06.squareRoot() } && Set(own).count == 50)
            #expect(try layer.variables[1].storedValue.scalars(Int32.self) == [0, 0])
            #expect(try layer.variables[2].storedValue.scalars(Bool.self) == [false, false])
        }
    }

    @Test func n82_theScopesInitializerComesFirst() throws {
        try inBothModes { world in
            let net = try variableScope("", VariableScopeOptions(initializer: .constant(7))) { _ in try MyNetwork() }
            _ = try net(world.one)
            #expect(try net.variables[0].storedValue.values == [7])
        }
    }
}

/// Halves what it is given.
private struct Halved: Constraint {
    func callAsFunction(_ value: Tensor) throws -> Tensor { try value * 0.5 }
}
