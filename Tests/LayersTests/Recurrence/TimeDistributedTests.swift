import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct TimeDistributedTests {
    @Test func appliesTheLayerToEveryStep() throws {
        let x = sample([2, 3, 4, 4, 1])
        let layer = TimeDistributed(Conv2D(2, 3))
        let y = try layer(x)
        #expect(y.shape == [2, 3, 2, 2, 2])
        for step in 0..<3 {
            let one = try layer.layer(slice(x, [.all, .index(step)]))
            #expect(agree(try slice(y, [.all, .index(step)]), one.values.map(Double.init)))
        }
        #expect(layer.variables.map { $0.name.split(separator: "/").count } == [2, 2])
    }

    @Test func takesWholeModels() throws {
        try withFreshNames {
            let layer = TimeDistributed(try Sequential([Flatten(), Dense(2)], name: "inner"), name: "outer")
            let x = sample([2, 3, 2, 2])
            #expect(try layer(x).shape == [2, 3, 2])
            #expect(layer.variables.count == 2 && layer.variableNames.allSatisfy { $0.hasPrefix("outer/") })
            let store = try #require(layer.variables.first).store
            let plan = try Plan(tracing: [TensorSpec([nil, nil, 2, 2])], in: store) { try layer(Tensors($0)).array }
            #expect(try plan.run([x], on: store.lease())[0].values == layer(x).values)
        }
    }

    @Test func masksPassByOrComeFromInside() throws {
        let taker = LSTM(2)
        let net = try Sequential([Masking(), TimeDistributed(Dense(3)), taker])
        let x = try concatenate([sample([1, 2, 2]), Tensor.zeros([1, 2, 2])], axis: 1)
        _ = try net(x)
        #expect(agree(try net(x), try net(slice(x, [.all, .upTo(2)])).values.map(Double.init)))
        let inner = TimeDistributed(Embedding(5, 2, masksZero: true))
        let tokens = Tensor([1, 2, 2], [Int32(1), 0, 0, 0])
        _ = try inner(tokens)
        #expect(try inner.computeMask(Tensors(tokens), nil)?.scalars(Bool.self) == [true, false])
    }

    @Test func needsStepsAndOneInput() {
        let layer = TimeDistributed(Dense(2))
        #expect(performing: { try layer(sample([3])) }, throws: key(.value, "is incompatible with the layer"))
        #expect(performing: { try layer.computeOutputShapes([[3]]) }, throws: key(.value, "takes one input"))
    }
}
