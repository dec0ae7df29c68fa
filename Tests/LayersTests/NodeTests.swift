import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 7 of the rules: inputs, outputs and nodes.
struct NodeTests {
    @Test func n110_executingEagerlyThereAreNoNodes() throws {
        try eagerly { world in
            for layer in [Dense(1), try MyNetwork()] as [Layer] {
                _ = try layer(world.one)
                #expect(performing: { _ = try layer.input }, throws: key(.runtime, "Layer.input not supported"))
                #expect(performing: { _ = try layer.output }, throws: key(.runtime, "Layer.output not supported"))
                #expect(performing: { _ = try layer.inputShape }, throws: key(.runtime, "Layer.input_shape not"))
                #expect(performing: { _ = try layer.outputShape }, throws: key(.runtime, "Layer.output_shape not"))
                for question in [
                    { _ = try layer.getInputAt(0) }, { _ = try layer.getOutputAt(0) },
                    { _ = try layer.getInputShapeAt(0) }, { _ = try layer.getOutputShapeAt(0) },
                ] as [() throws -> Void] {
                    #expect(performing: question, throws: key(.runtime, "has never been called"))
                }
            }
        }
    }

    @Test func n111_aNodeIsRecordedWhenAllInputsComeFromLayers() throws {
        try inGraph { world in
            let net = try ParentNetwork()
            _ = try net(world.one)
            #expect(performing: { _ = try net.input }, throws: key(.attribute, "is not connected"))
            let x = try input([nil, 1])
            let y = try net(x)
            #expect(try net.input[0].id == x.id)
            #expect(try net.output[0].id == y.id)
            // So do the layers inside, each with its own tensors.
            #expect(try net.first.input[0].id == x.id)
            #expect(try net.second.input[0].id == net.first.output[0].id)
            #expect(try net.second.output[0].id == y.id)
            let pair = Pair()
            _ = try pair([y, world.one])
            #expect(performing: { _ = try pair.input }, throws: key(.attribute, "is not connected"))
            _ = try pair([y, x])
            #expect(try pair.input.array.map(\.id) == [y.id, x.id])
        }
    }

    @Test func n111_whatIsHandedThroughIsKnownAsAnOutput() throws {
        try inGraph { _ in
            let (net, x) = (try Network(name: "net"), try input([2, 3]))
            let y = try net(x)
            #expect(y.id != x.id)
            #expect(try [net.input[0].id, net.output[0].id] == [x.id, y.id])
        }
    }

    @Test func n112_withoutANodeThereIsNothingToTell() throws {
        try inGraph { world in
            let net = try MyNetwork(name: "net")
            for _ in 0..<2 {
                #expect(
                    performing: { _ = try net.input },
                    throws: key(.attribute, "is not connected, no input to return"))
                #expect(performing: { _ = try net.output }, throws: key(.attribute, "has no inbound nodes"))
                #expect(
                    performing: { _ = try net.inputShape },
                    throws: key(.attribute, "has never been called and thus has no defined input shape"))
                #expect(
                    performing: { _ = try net.outputShape },
                    throws: key(.attribute, "has never been called and thus has no defined output shape"))
                #expect(performing: { _ = try net.getInputAt(0) }, throws: key(.runtime, "has never been called"))
                #expect(performing: { _ = try net.getOutputShapeAt(0) }, throws: key(.runtime, "has never been called"))
                _ = try net(world.one)
            }
        }
    }

    @Test func n113_eachCallIsANode() throws {
        try inGraph { _ in
            let net = try MyNetwork(name: "net")
            let inputs = [try input([2, 8]), try input([5, 8])]
            let outputs = try inputs.map { try net($0) }
            for index in 0..<2 {
                #expect(try net.getInputAt(index)[0].id == inputs[index].id)
                #expect(try net.getOutputAt(index)[0].id == outputs[index].id)
            }
            #expect(try net.getInputShapeAt(1) == [[5, 8]])
            #expect(try net.getOutputShapeAt(0) == [[2, 1]])
            #expect(
                performing: { _ = try net.getInputAt(2) },
                throws: key(.value, "Asked to get input at node 2, but the layer has only 2 inbound nodes."))
            #expect(
                performing: { _ = try net.getOutputShapeAt(7) },
                throws: key(.value, "Asked to get output shape at node 7, but the layer has only 2 inbound nodes."))
            #expect(performing: { _ = try net.getInputAt(-1) }, throws: key(.value, "inbound nodes"))
        }
    }

    @Test func n114_withSeveralNodesTheFirstOneAnswers() throws {
        try inGraph { _ in
            let net = try MyNetwork(name: "net")
            let (first, second, third) = (try input([2, 8]), try input([2, 8]), try input([5, 8]))
            let y = try net(first)
            _ = try net(second)
            #expect(try [net.input[0].id, net.output[0].id] == [first.id, y.id])
            #expect(try net.inputShape == [[2, 8]])
            #expect(try net.outputShape == [[2, 1]])
            _ = try net(third)
            #expect(try net.input[0].id == first.id)
            #expect(
                performing: { _ = try net.inputShape },
                throws: key(.attribute, "has multiple inbound nodes, with different input shapes"))
            #expect(
                performing: { _ = try net.outputShape },
                throws: key(.attribute, "has multiple inbound nodes, with different output shapes"))
        }
    }

    @Test func n115_anUnknownExtentIsNil() throws {
        try inGraph { _ in
            let dense = Dense(3)
            let (first, second) = (try input([nil, 8]), try input([nil, 8]))
            _ = try dense(first)
            _ = try dense(second)
            // Each is unknown in its own way, but to a reader both are unknown.
            #expect(try dense.inputShape == [[nil, 8]])
            #expect(try dense.outputShape == [[nil, 3]])
            #expect(try dense.getInputShapeAt(1) == [[nil, 8]])
        }
    }

    @Test func n116_denseComputesItsOutputsShape() throws {
        try inBothModes { _ throws in
            #expect(try Dense(7).computeOutputShape([nil, nil, 3]) == [nil, nil, 7])
            #expect(
                performing: { try Dense(7).computeOutputShape([2, nil]) },
                throws: key(.value, "last dimension of the input"))
        }
    }

    @Test func n116_aNetworkFindsItsOutputsShapeByRunningEagerly() throws {
        try eagerly { _ in
            let net = try TwoLayerNetwork(name: "net")
            #expect(try net.computeOutputShape([5, 8]) == [5, 1])
            #expect(try net.computeOutputShape([nil, 8]) == [nil, 1])
        }
        try inGraph { _ in
            #expect(
                performing: { _ = try TwoLayerNetwork().computeOutputShape([5, 8]) },
                throws: key(.notImplemented, "compute_output_shape"))
        }
    }

    @Test func n117_theGraphIsThatOfTheFirstCall() throws {
        try eagerly { world in
            let net = try MyNetwork()
            _ = try net(world.one)
            #expect(
                performing: { _ = try net.graph },
                throws: key(.runtime, "Layer.graph not supported when executing eagerly"))
        }
        let net = try inGraph { world in
            let net = try MyNetwork()
            #expect(try net.graph == nil)
            _ = try net(world.one)
            #expect(try net.graph === world.graph && net.dense.graph === world.graph)
            try inGraph { other in
                #expect(
                    performing: { _ = try net(other.one) },
                    throws: key(.value, "Input graph and Layer graph are not the same"))
            }
            return net
        }
        #expect(net.isBuilt)
    }

    @Test func n117_aLayerBuiltByHandKnowsItsGraphToo() throws {
        try inGraph { world in
            let dense = Dense(1, name: "dense")
            try dense.build([1, 1])
            #expect(try dense.graph === world.graph)
        }
    }
}

/// Adds its two inputs.
private final class Pair: Layer {
    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        Tensors(try inputs[0] + inputs[1])
    }
}
