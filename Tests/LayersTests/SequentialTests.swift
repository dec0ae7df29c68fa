import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 10 of the rules: the sequential network.
struct SequentialTests {
    @Test func n140_eachOutputFeedsTheNext() throws {
        try inBothModes { world in
            let net = try Sequential([Dense(1, usesBias: false), Function { try $0 + 1 }, Dense(1, usesBias: false)])
            _ = try net(world.one)
            #expect(net.layers.count == 2)
            #expect(net.variableNames == ["sequential/dense/kernel:0", "sequential/dense_1/kernel:0"])
            for (variable, value) in zip(net.variables, [3, 11]) { try variable.fill(Double(value)) }
            #expect(try world.values(net(world.tensor([1, 1], fill: 2))) == [77])
        }
    }

    @Test func n140_functionsAloneMakeANetwork() throws {
        try inBothModes { world in
            let net = try Sequential([Function { try relu($0) }])
            let two = try world.tensor([], fill: 2)
            #expect(try world.values(net(two)) == [2])
            #expect(try world.values(net(-two)) == [0])
            net.add { try -$0 }
            #expect(try world.values(net(two)) == [-2])
            #expect(try net.layers.isEmpty && net.countParams() == 0)
        }
    }

    @Test func n141_whatIsNeitherLayerNorFunctionIsRefused() throws {
        try inBothModes { world in
            let net = try Sequential()
            let (double, addOne): ((Tensor) throws -> Tensor, (Tensor, Bool?) throws -> Tensor) = (
                { try $0 * 2 }, { x, _ in try x + 1 }
            )
            for object in [double, addOne, Dense(1, usesBias: false)] as [Any] { try Sequential.add(object, to: net) }
            _ = try net(world.one)
            try net.variables[0].fill(5)
            #expect(try world.values(net(world.one)) == [15])
            #expect(
                performing: { try Sequential.add("a string", to: net) },
                throws: key(.type, "Sequential.add() takes only tf.layers.Layer objects or callables"))
        }
    }

    @Test func n142_trainingGoesOnlyToThoseThatTakeIt() throws {
        try inBothModes { world in
            let (pupil, inner) = (Pupil(), Pupil())
            let net = try Sequential([pupil, Dense(1), Sequential([inner])])
            for training in [nil, true, false] { _ = try net(world.one, training: training) }
            #expect(pupil.trainings == [nil, true, false])
            #expect(inner.trainings == [nil, true, false])
        }
    }

    @Test func n142_functionsMayTakeItToo() throws {
        try inBothModes { world in
            let net = try Sequential()
            net.add { x, training in try training.map { try x + ($0 ? 1 : -1) } ?? x }
            net.add { try $0 * 2 }
            let two = try world.tensor([], fill: 2)
            #expect(try world.values(net(two)) == [4])
            #expect(try world.values(net(two, training: false)) == [2])
            #expect(try world.values(net(two, training: true)) == [6])
        }
    }
}

/// Notes whether it is trained.
private final class Pupil: Layer {
    private(set) var trainings: [Bool?] = []

    override var accepts: CallArguments { .training }

    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        trainings.append(options.training)
        return inputs
    }
}
