import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Masks, states between calls and dropout, which all recurrent layers treat alike.
struct RecurrentLayerTests {
    private let x = sample([2, 3, 2])
    private let mask = Tensor([2, 3], [true, false, true, false, false, true])

    private func layers(_ sequence: SequenceSettings, _ noise: RecurrentNoise = RecurrentNoise()) throws
        -> [RecurrentLayer]
    {
        let layers = [
            LSTM(3, noise: noise, sequence: sequence), GRU(3, noise: noise, sequence: sequence),
            SimpleRNN(3, noise: noise, sequence: sequence),
            RNN(try StackedRNNCells([LSTMCell(3, noise: noise), GRUCell(3)]), sequence: sequence),
        ]
        for layer in layers {
            _ = try layer(Tensors(x))
            try fillUnevenly(layer)
            if sequence.isStateful { try layer.resetStates() }
        }
        return layers
    }

    @Test func aMaskedStepKeepsStatesAndRepeatsOutputs() throws {
        for layer in try layers(SequenceSettings(returnsSequences: true, returnsState: true)) {
            let results = try layer(Tensors(x), CallOptions(mask: mask)).array
            // The first sequence without its second step, the second one with its last step alone.
            let short = try layer(
                Tensors(
                    concatenate(
                        [slice(x, [.range(to: 1), .range(to: 1)]), slice(x, [.range(to: 1), .from(2)])], axis: 1))
            ).array
            let last = try layer(Tensors(slice(x, [.from(1), .from(2)]))).array
            let y = results[0].values
            #expect(y[0..<3] == y[3..<6] && Array(y[9..<15]) == Array(repeating: 0, count: 6))
            #expect(agree(try slice(results[0], [0, 2]), try slice(short[0], [0, 1]).values.map(Double.init)))
            #expect(agree(try slice(results[0], [1, 2]), last[0].values.map(Double.init)))
            for (state, (one, other)) in zip(results.dropFirst(), zip(short.dropFirst(), last.dropFirst())) {
                #expect(agree(state, one.values.map(Double.init) + other.values.map(Double.init)))
            }
        }
    }

    @Test func masksComeFromTheLayerBefore() throws {
        let net = try Sequential([Masking(), LSTM(3)])
        let padded = try concatenate([x, Tensor.zeros([2, 2, 2])], axis: 1)
        _ = try net(padded)
        #expect(agree(try net(padded), try net(x).values.map(Double.init)))
    }

    @Test func statesStayBetweenCalls() throws {
        for layer in try layers(SequenceSettings(returnsSequences: true, isStateful: true)) {
            let whole = try layer(x)
            try layer.resetStates()
            let parts = try [0, 1, 2].map { try layer(slice(x, [.all, .range(from: $0, to: $0 + 1)])) }
            #expect(agree(try concatenate(parts, axis: 1), whole.values.map(Double.init)))
            try layer.resetStates()
            #expect(agree(try layer(x), whole.values.map(Double.init)))
            #expect(!layer.treatsExamplesAlone)
            #expect(layer.variables.allSatisfy { !$0.name.contains("state") })
        }
    }

    @Test func aPlanKeepsStatesToo() throws {
        for layer in try layers(SequenceSettings(isStateful: true)) {
            let first = try layer(x)
            let second = try layer(x)
            try layer.resetStates()
            let store = try #require(layer.variables.first).store
            let plan = try Plan(tracing: [x.spec], in: store) { try layer(Tensors($0)).array }
            #expect(agree(try plan.update([x]).outputs[0], first.values.map(Double.init)))
            #expect(agree(try plan.update([x]).outputs[0], second.values.map(Double.init)))
        }
    }

    @Test func statefulLayersMustKnowTheirBatch() throws {
        try withFreshNames {
            let layer = LSTM(3, sequence: SequenceSettings(isStateful: true))
            #expect(
                performing: {
                    try Plan(tracing: [TensorSpec([nil, 3, 2])], in: VariableStore()) { try layer(Tensors($0)).array }
                },
                throws: key(.value, "must know the size of its batches"))
            let other = LSTM(3, sequence: SequenceSettings(isStateful: true))
            _ = try other(x)
            #expect(performing: { try other(sample([3, 3, 2])) }, throws: key(.value, "keeps states of 2 sequences"))
            #expect(performing: { try LSTM(3).resetStates() }, throws: key(.attribute, "is not stateful"))
        }
    }

    @Test func resetsToGivenStates() throws {
        let layer = GRU(3, sequence: SequenceSettings(isStateful: true))
        _ = try layer(x)
        let state = sample([2, 3], scale: 0.5)
        try layer.resetStates(to: [state])
        let kept = try layer(x)
        #expect(try layer(Tensors(x), CallOptions(initialState: [state]))[0].values == kept.values)
    }

    @Test func initialStatesAreOptionsOrFurtherInputs() throws {
        let (h, c) = (sample([2, 3]), sample([2, 3], scale: 0.5))
        let layer = LSTM(3)
        _ = try layer(x)
        try fillUnevenly(layer)
        let options = try layer(Tensors(x), CallOptions(initialState: [h, c]))[0]
        #expect(try layer([x, h, c])[0].values == options.values)
        #expect(try layer(x).values != options.values)
        #expect(performing: { try layer([x, h]) }, throws: key(.value, "has the states"))
        #expect(performing: { try layer([x, h, sample([2, 4])]) }, throws: key(.value, "has the states"))
    }

    @Test func whatIsLeftOutIsTheSameAtEveryStep() throws {
        // Of ones with weights of one, a sum tells how many inputs are left.
        let ones = try Tensor.ones([4, 5, 6])
        let layer = SimpleRNN(
            1, activation: .linear, weights: RecurrentWeights(kernelInitializer: .ones, recurrentInitializer: .zeros),
            noise: RecurrentNoise(inputRate: 0.5, seed: 3), sequence: SequenceSettings(returnsSequences: true))
        let y = try layer(ones, training: true).values
        for row in 0..<4 {
            let steps = y[row * 5..<row * 5 + 5]
            #expect(steps.allSatisfy { $0 == steps.first })
            #expect((steps.first ?? 1).truncatingRemainder(dividingBy: 2) == 0)
        }
        #expect(try layer(ones).values == Array(repeating: 6, count: 20))
    }

    @Test func noiseIsMindedByFusedOperatorsStepsAndPlans() throws {
        for noise in [
            RecurrentNoise(inputRate: 0.5), RecurrentNoise(stateRate: 0.5), RecurrentNoise(inputRate: 1, stateRate: 1),
        ] {
            for layer in try layers(SequenceSettings(returnsSequences: true), noise) {
                let calm = try layer(x)
                let results = try withRandomGenerator(RandomGenerator(seed: 5)) {
                    try [layer(x, training: true), layer(x, training: true)]
                }
                #expect(results[0].values != calm.values)
                if noise.inputRate < 1 { #expect(results[0].values != results[1].values) }
                #expect(try layer(x, training: false).values == calm.values)
                let store = try #require(layer.variables.first).store
                let plan = try Plan(tracing: [TensorSpec([nil, nil, 2])], in: store) {
                    try layer(Tensors($0), CallOptions(training: true)).array
                }
                let planned = try plan.run([x], on: store.lease(), random: RandomState(seed: 1))[0]
                #expect(planned.shape == calm.shape && planned.values != calm.values)
                #expect(planned.values.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test func aMaskMustHaveOneElementForEachStep() throws {
        let layer = LSTM(3)
        #expect(
            performing: { try layer(Tensors(x), CallOptions(mask: Tensor([2, 2], [true, true, true, true]))) },
            throws: key(.value, "one for each step"))
        #expect(performing: { try layer(sample([2, 3])) }, throws: key(.value, "is incompatible with the layer"))
        _ = try layer(x)
        #expect(performing: { try layer(sample([2, 3, 5])) }, throws: key(.value, "is incompatible with the layer"))
    }

    @Test func penaltiesOfTheCellAreTheLayers() throws {
        let layer = GRU(2, weights: RecurrentWeights(kernelRegularizer: .l2(0.5), recurrentRegularizer: .l1(1)))
        _ = try layer(x)
        #expect(try layer.losses.count == 2)
        #expect(layer.trainableVariables.count == 3)
        layer.isTrainable = false
        #expect(layer.trainableVariables.isEmpty && layer.nonTrainableVariables.count == 3)
    }
}
