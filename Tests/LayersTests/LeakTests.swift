import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Networks that nobody holds are gone, with their variables: nothing of a call, a plan, a copy or a restoration holds them.
struct LeakTests {
    /// Uses a network, and holds only weak references to it, to what it is made of and to what was made of it.
    final class Traces {
        private struct Weak {
            weak var object: AnyObject?
        }

        private var traces: [Weak] = []

        func note(_ network: Network) {
            add(network)
            for layer in network.layers {
                if let network = layer as? Network { note(network) } else { add(layer) }
            }
            for variable in network.variables { add(variable) }
        }

        func add(_ object: AnyObject) { traces.append(Weak(object: object)) }

        /// The classes of those that are still there.
        var alive: [String] { traces.compactMap { $0.object.map { "\(type(of: $0))" } } }
        var count: Int { traces.count }
    }

    /// Whether nothing is left of what `use` does with a network, while the world of names lives on.
    func leavesNothing(_ use: (Network, World, Traces) throws -> Void) throws {
        try inBothModes { world throws in
            // In a graph, the collections hold variables for as long as the graph lives, as the reference's do; so here the
            // graph goes first.
            let traces = Traces()
            func run(_ world: World) throws {
                let net = try ParentNetwork(nil, Chain([Dense(1, kernelRegularizer: .l2(1)), LossLayer()]))
                try use(net, world, traces)
                traces.note(net)
            }
            if world.isGraph {
                try inGraph {
                    traces.add(try #require($0.graph))
                    traces.add(VariableScope.current.registry)
                    try run($0)
                }
            } else {
                try run(world)
            }
            #expect(traces.alive.isEmpty)
            #expect(traces.count > 5)
        }
    }

    @Test func afterCalls() throws {
        try leavesNothing { net, world, _ in
            for _ in 0..<2 { _ = try net(world.one) }
            _ = try net.losses
        }
    }

    @Test func afterNodesWereRecorded() throws {
        try leavesNothing { net, world, _ in
            if world.isGraph { _ = try net(input([nil, 1])) } else { _ = try net(world.one) }
        }
    }

    @Test func afterAPlanWasTracedAndTrained() throws {
        try eagerly { world throws in
            let traces = Traces()
            do {
                let store = VariableStore()
                traces.add(store)
                try Context(store: store, names: NameRegistry(seed: 1).names()).bind {
                    let net = try MyNetwork()
                    let plan = try Plan(tracing: [TensorSpec([nil, 1])], in: store, names: Context.current?.names) {
                        x in
                        let y = try net(x[0])
                        _ = try net.variables[0].assignAdd(net.variables[0].value)
                        return [y]
                    }
                    _ = try plan.update([Tensor([2, 1], [1, 2])])
                    traces.note(net)
                }
            }
            #expect(traces.alive.isEmpty && traces.count == 4)
        }
    }

    @Test func afterGradientsWereTaken() throws {
        try leavesNothing { net, world, _ in
            guard !world.isGraph else {
                _ = try net(world.one)
                return
            }
            let tape = GradientTape()
            let y = try tape.record { try net(world.one) }
            _ = try tape.gradient(of: [y], withRespectTo: net.trainableVariables)
        }
    }

    @Test func afterCopies() throws {
        try leavesNothing { net, world, traces in
            traces.note(try net.copy())
            _ = try net(world.one)
            if !world.isGraph { traces.note(try net.copy()) }
        }
    }

    @Test func afterARestorationThatIsStillWaiting() throws {
        try leavesNothing { net, world, _ in
            try net.settleForRestoration()
            try net.deferRestoration(from: OneValue(), names: ["my_network/dense/kernel", "never"], map: nil)
            _ = try net(world.one)
            #expect(try net.variables[0].storedValue.values == [42])
        }
    }

    @Test func afterMasksAndLateLayers() throws {
        try leavesNothing { net, world, _ in
            _ = try net(world.one)
            try net.trackLayer(Dense(1))
            _ = try net(Tensors(world.one), CallOptions(mask: Tensor([1], [true])))
        }
    }

    /// A name may be given again only in another world; but nothing of the network is kept for it.
    @Test func deletedNetworksFreeTheirNamesWithTheirWorld() throws {
        for _ in 0..<2 {
            try inBothModes { world throws in
                let net = try MyNetwork(name: "net")
                _ = try net(world.one)
                #expect(net.variableNames == ["net/dense/kernel:0"])
            }
        }
    }

    @Test func worldsDoNotDisturbEachOther() throws {
        try inBothModes { world throws in
            let outer = try MyNetwork()
            try inBothModes { inner throws in
                let net = try MyNetwork()
                _ = try net(inner.one)
                #expect(try net.name == "my_network")
            }
            _ = try outer(world.one)
            #expect(try outer.name == "my_network")
        }
    }
}

/// The same value for every name.
private struct OneValue: RestoreSource {
    var tensorNames: [String] { [] }
    func tensor(named name: String) -> Tensor { Tensor([1, 1], [42]) }
}
