import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Section 4 of the rules: calling.
struct CallingTests {
    @Test func n50_aCallSettlesBuildsAndComputes() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "net")
            #expect(!net.isBuilt && net.variables.isEmpty)
            let y = try net(world.one)
            #expect(net.isBuilt)
            #expect(try net.scopeName == "net")
            #expect(try world.values(net.apply(world.one)) == world.values(y))
            #expect(try world.values(net.apply(Tensors(world.one))[0]) == world.values(y))
        }
    }

    @Test func n51_buildingANetworkMakesNothing() throws {
        try inBothModes { _ in
            let net = try MyNetwork(name: "net")
            try net.build([1, 1])
            #expect(net.isBuilt && net.variables.isEmpty)
            #expect(performing: { try net.scopeName }, throws: key(.value, "No name available for layer scope"))
        }
    }

    @Test func n52_aNetworkThatSaysNothingElseGivesItsInputBack() throws {
        try inBothModes { world in
            let y = try Network()(world.tensor([2], fill: 3))
            #expect(try world.values(y) == [3, 3])
        }
    }

    @Test func n53_aCallMustGiveSomething() throws {
        try inBothModes { world in
            let net = try Mute()
            #expect(
                performing: { _ = try net(Tensors(world.one)) },
                throws: key(.value, "should return a Tensor or a list of Tensors, not None"))
        }
    }

    @Test func n54_aCallThatAsksForItsScopeIsGivenIt() throws {
        try inBothModes { world in
            let net = try Curious(name: "net")
            _ = try net(world.one)
            _ = try net(world.one)
            #expect(net.scopeNames == ["net", "net"])
        }
    }

    @Test func n55_optionsArePassedOnAsTheyAre() throws {
        try inBothModes { world in
            let net = try Curious()
            _ = try net(world.one)
            _ = try net(world.one, training: true)
            _ = try net(Tensors(world.one), CallOptions(training: false, mask: world.tensor([1])))
            #expect(net.trainings == [nil, true, false])
            #expect(net.maskCounts == [0, 0, 1])
        }
    }

    @Test func n55_anOptionThatALayerDoesNotTakeIsRefused() throws {
        try inBothModes { world in
            #expect(
                performing: { _ = try Dense(1)(world.one, training: true) },
                throws: key(.type, "unexpected keyword argument 'training'"))
        }
    }

    @Test func n57_anotherLastDimensionIsRefusedAndChangesNothing() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "net")
            _ = try net(world.tensor([1, 8]))
            let before = try net.variables[0].storedValue.values
            #expect(
                performing: { _ = try net(world.tensor([1, 7])) },
                throws: key(.value, "is incompatible with the layer: expected axis -1 of input shape to have value 8"))
            #expect(try net.variables[0].storedValue.values == before)
        }
    }

    @Test func n57_aRankThatCannotBeIsRefusedBeforeTheLayerIsBuilt() throws {
        try inBothModes { world in
            let dense = Dense(2)
            #expect(
                performing: { _ = try dense(world.tensor([3])) }, throws: key(.value, "is incompatible with the layer"))
            #expect(!dense.isBuilt && dense.variables.isEmpty)
        }
    }

    @Test func n58_theDTypeIsTakenFromTheFirstInput() throws {
        try inBothModes { world in
            let (net, dense) = (try MyNetwork(), Dense(1, dtype: .float32))
            #expect(net.dtype == nil && net.dense.dtype == nil && dense.dtype == .float32)
            let x = try cast(world.one, to: .float64)
            _ = try net(x)
            #expect(net.dtype == .float64 && net.dense.dtype == .float64)
            #expect(net.dtype?.name == "float64")
            #expect(net.variables[0].dtype == .float64)
        }
    }

    @Test func n59_callingAgainMakesNothingTwice() throws {
        try inBothModes { world in
            let net = try ParentNetwork()
            _ = try net(world.one)
            let before = net.variables
            _ = try net(world.one)
            #expect(net.variables.map(ObjectIdentifier.init) == before.map(ObjectIdentifier.init))
            if let graph = world.graph {
                #expect(net.variables.allSatisfy { $0.store === graph.store })
            }
        }
    }

    /// Operations have no names here, which the rule calls no contract: a second call adds operations, and nothing else.
    @Test func n60_aSecondCallAddsOperationsAndNoVariables() throws {
        try inGraph { world in
            let net = try MyNetwork(name: "net")
            let (first, second) = (try net(world.one), try net(world.one))
            #expect(first.id != second.id)
            #expect(try world.values(first) == world.values(second))
            #expect(net.variableNames == ["net/dense/kernel:0"])
        }
    }

    /// Outside the graph's closure, as code does that was handed a placeholder.
    @Test func aSymbolicInputBringsItsGraph() throws {
        let graph = Graph(names: NameRegistry(seed: 1).names())
        let x = try graph.placeholder(TensorSpec([nil, 1]))
        let net = try graph.asDefault { try MyNetwork(name: "net") }
        let y = try net(x)
        #expect(net.variables[0].store === graph.store)
        try net.variables[0].fill(3)
        #expect(try Session(graph).run(y, feeding: [(x, Tensor([2, 1], [1, 2]))]).values == [3, 6])
    }

    @Test func aLayerMayBeCalledEagerlyAndInAPlan() throws {
        try eagerly { world in
            let net = try MyNetwork(name: "net")
            let x = try world.tensor([2, 3])
            let y = try net(x)
            let plan = try Plan(tracing: [TensorSpec([nil, 3])], in: net.variables[0].store) { [try net($0[0])] }
            #expect(try plan.run([x], on: plan.store.lease())[0].values == y.values)
            #expect(try net(x).values == y.values)
        }
    }
}

/// Gives nothing.
private final class Mute: Network {
    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors { [] }
}

/// Notes what it was called with.
private final class Curious: Network {
    private(set) var scopeNames: [String] = []
    private(set) var trainings: [Bool?] = []
    private(set) var maskCounts: [Int] = []

    override var accepts: CallArguments { [.scope, .training, .mask] }

    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        scopeNames.append(options.scope?.name ?? "none")
        trainings.append(options.training)
        maskCounts.append(options.mask == nil ? 0 : 1)
        return inputs
    }
}
