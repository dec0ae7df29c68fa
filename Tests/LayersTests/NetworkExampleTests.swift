import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// The examples of `docs/NETWORK.md`, each on a line of its own as it stands there.
struct NetworkExampleTests {
    /// Executing eagerly: names, variables, calls.
    @Test func whatANetworkTells() throws {
        try withFreshNames {
            let net = try TwoLayerNetwork(name: "net")
            let output = try net(Tensor.ones([1, 8]))
            #expect(output.shape == [1, 1])
            #expect(try net.apply(Tensor.ones([1, 8])).values == output.values)
            #expect(try net.name == "net")
            #expect(try net.layerTwo.scopeName == "net/dense_1")
            #expect(net.dtype == .float32)
            #expect(net.layers.count == 2)
            #expect(net.isTrainable)
            #expect(net.activityRegularizer == nil)
            #expect(net.variables.map(\.name).first == "net/dense/kernel:0")
            #expect(net.weights.count == 4)
            #expect(net.trainableVariables.count == 4)
            #expect(net.trainableWeights.count == 4)
            #expect(net.nonTrainableVariables.isEmpty)
            #expect(net.nonTrainableWeights.isEmpty)
            #expect(try net.countParams() == 161)
            #expect(try net.losses.isEmpty)
            #expect(try net.updates.isEmpty)
            #expect(try net.getLayer(name: "dense_1") === net.getLayer(index: 1))
            #expect(try net.computeOutputShape([nil, 8]) == [nil, 1])
        }
    }

    @Test func whatANetworkDoes() throws {
        try withFreshNames {
            let net = try MyNetwork()
            let late = try net.trackLayer(Dense(4))
            #expect(try late.name == "dense_1")
            try net.build([1, 8])
            #expect(net.isBuilt)
            #expect(try net.call(Tensor.ones([1, 8])).shape == [1, 1])
            let twin = try net.copy()
            #expect(twin !== net && twin.layers[0] !== net.layers[0])
        }
    }

    /// A layer with a variable of its own.
    final class Scale: Layer {
        var scale: Variable?

        override func build(_ inputShape: Shape) throws {
            scale = try addVariable("scale", [], initializer: .ones, regularizer: .l2())
        }

        override func call(_ input: Tensor) throws -> Tensor { try input * scale.required(by: self).value }
    }

    @Test func howALayerIsWritten() throws {
        try withFreshNames {
            let layer = Scale()
            let y = try layer(Tensor.ones([2]))
            #expect(y.values == [1, 1])
            #expect(layer.variables.map(\.name) == ["scale/scale:0"])
            #expect(try layer.losses.count == 1)
        }
    }

    /// Inside a graph: nodes, losses and updates.
    @Test func whatAGraphKnows() throws {
        let graph = Graph(names: NameRegistry().names())
        try graph.asDefault {
            let (net, layer) = (try TwoLayerNetwork(name: "net"), Scale())
            let (x, y) = (try input([nil, 8]), try input([nil, 3]))
            let output = try net(x)
            #expect(try net.graph === graph)
            #expect(try net.input[0].id == x.id)
            #expect(try net.output[0].id == output.id)
            #expect(try net.inputShape == [[nil, 8]])
            #expect(try net.outputShape == [[nil, 1]])
            #expect(try net.getInputAt(0)[0].id == x.id)
            #expect(try net.getOutputAt(0)[0].id == output.id)
            #expect(try net.getInputShapeAt(0) == [[nil, 8]])
            #expect(try net.getOutputShapeAt(0) == [[nil, 1]])
            let loss = try sum(layer(y))
            try layer.addLoss(loss, inputs: [y])
            #expect(try layer.getLossesFor(y).count == 1)
            layer.addUpdate(loss, inputs: [y])
            #expect(try layer.getUpdatesFor(y).count == 1)
        }
    }

    @Test func whatIsAroundIt() throws {
        try withFreshNames {
            let net = try Sequential([Dense(16), Function { try relu($0) }, Dense(1)])
            net.add { x, training in try x * (training == true ? 2 : 1) }
            try variableScope("scope") { _ in _ = try MyNetwork() }
            let container = EagerVariableStore()
            let y = try container.asDefault { try net(Tensor.ones([1, 8]), training: true) }
            #expect(y.shape == [1, 1] && container.variables.count == 4)
            let step = try GlobalStep.getOrCreate()
            #expect(step.name == "global_step:0")
        }
    }
}
