import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ConvolutionTests {
    @Test func sumsEachWindowAsByHand() throws {
        let x = Tensor([1, 4, 1], [1, 2, 3, 4])
        let kernel = Tensor([2, 1, 1], [10, 1])
        #expect(try convolution(x, kernel).values == [12, 23, 34])
        #expect(try convolution(x, kernel, padding: .same).values == [12, 23, 34, 40])
        #expect(try convolution(x, kernel, strides: [2]).values == [12, 34])
        #expect(try convolution(x, kernel, dilations: [2]).values == [13, 24])
        #expect(try convolution(x, kernel, padding: .causal(kernel: 2)).values == [1, 12, 23, 34])
    }

    @Test func mixesChannelsWithinTheirGroupsOnly() throws {
        let x = Tensor([1, 1, 4], [1, 2, 3, 4])
        let kernel = Tensor([1, 2, 2], [1, 10, 1, 10])
        #expect(try convolution(x, kernel, groups: 2).values == [3, 70])
        #expect(try convolution(x, Tensor([1, 4, 1], [1, 1, 1, 1])).values == [10])
    }

    @Test func addsTheBiasAndClipsInOnePass() throws {
        let (x, kernel, bias) = (sample([2, 5, 5, 3]), sample([3, 3, 3, 4]), sample([4]))
        let plain = try relu(convolution(x, kernel, padding: .same) + bias)
        #expect(try convolution(x, kernel, bias: bias, padding: .same, activation: .relu).values == plain.values)
        let smooth = try tanh(convolution(x, kernel) + bias).values
        #expect(try convolution(x, kernel, bias: bias, activation: .tanh).values == smooth)
    }

    @Test func transposesIntoEverySizeThatTheConvolutionComesFrom() throws {
        let x = Tensor([1, 2, 1], [1, 10])
        let kernel = Tensor([3, 1, 1], [1, 2, 3])
        #expect(try transposedConvolution(x, kernel, strides: [2]).values == [1, 2, 13, 20, 30])
        #expect(try transposedConvolution(x, kernel, strides: [2], padding: .same).values == [1, 2, 13, 20])
        #expect(try transposedConvolution(x, kernel, strides: [2], outputPadding: [1]).values == [1, 2, 13, 20, 30, 0])
        #expect(
            try transposedConvolution(x, kernel, strides: [2], padding: .same, outputExtents: [3]).values == [
                2, 13, 20,
            ])
        #expect(throws: TensorError.self) {
            try transposedConvolution(x, kernel, strides: [2], outputExtents: [4])
        }
    }

    @Test func depthwiseKernelsKeepTheChannelsApart() throws {
        let x = Tensor([1, 1, 1, 2], [3, 5])
        let kernel = Tensor([1, 1, 2, 2], [1, 10, 100, 1000])
        #expect(try depthwiseConvolution(x, kernel).values == [3, 30, 500, 5000])
        let pointwise = Tensor([1, 1, 4, 1], [1, 1, 1, 1])
        #expect(try separableConvolution(x, depthwise: kernel, pointwise: pointwise).values == [5533])
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        for format in DataFormat.allCases {
            let images: Shape = format == .channelsLast ? [2, 4, 5, 4] : [2, 4, 4, 5]
            let inputs = [sample(images), sample([3, 2, 2, 6]), sample([6])]
            let error = try gradientError(at: inputs) {
                try convolution(
                    $0[0], $0[1], bias: $0[2], strides: [2, 1], padding: .same, dataFormat: format, groups: 2,
                    activation: .sigmoid)
            }
            #expect(error < 1e-8)
        }
        let volumes = [sample([1, 3, 4, 3, 2]), sample([2, 2, 2, 2, 3])]
        #expect(try gradientError(at: volumes) { try convolution($0[0], $0[1], dilations: [1, 2, 1]) } < 1e-8)
        let turned = [sample([2, 3, 2]), sample([3, 4, 2])]
        #expect(
            try gradientError(at: turned) { try transposedConvolution($0[0], $0[1], strides: [2], padding: .same) }
                < 1e-8)
        let separate = [sample([2, 5, 4, 3]), sample([3, 3, 3, 2])]
        #expect(
            try gradientError(at: separate) { try depthwiseConvolution($0[0], $0[1], strides: [2, 2], padding: .same) }
                < 1e-8)
    }

    @Test func differentiatesTwice() throws {
        let inputs = [sample([1, 4, 2]), sample([3, 2, 2])]
        #expect(
            try secondGradientError(at: inputs) {
                let y = try convolution($0[0], $0[1], strides: [2], padding: .same)
                return try y * y
            } < 1e-6)
        let turned = [sample([1, 3, 2]), sample([3, 2, 2])]
        #expect(
            try secondGradientError(at: turned) {
                let y = try transposedConvolution($0[0], $0[1], strides: [2])
                return try y * y
            } < 1e-6)
    }

    @Test func givesTheSameInAGraphOfUnknownBatch() throws {
        let inputs = [sample([3, 6, 5, 4]), sample([3, 3, 4, 2])]
        func body(_ x: [Tensor]) throws -> Tensor { try convolution(x[0], inputs[1], strides: [2, 2], padding: .same) }
        #expect(try resultInGraph(of: [inputs[0]], body).values == body(inputs).values)
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 6, 5, 4]))
        let gradient = try graph.asDefault { try gradients(of: [body([x])], withRespectTo: [x])[0] }
        let tape = GradientTape()
        tape.watch(inputs[0])
        let y = try tape.record { try body(inputs) }
        #expect(
            try Session(graph).run(#require(gradient), feeding: [(x, inputs[0])]).values
                == tape.gradient(of: y, withRespectTo: inputs[0])?.values)
    }

    @Test(arguments: [(1, 40, 64, 64), (40, 12, 40, 64), (6, 14, 130, 96)])
    func isTheSameOnOneThreadAndOnTwo(batch: Int, extent: Int, inputs: Int, outputs: Int) throws {
        let x = sample([batch, extent, extent, inputs])
        let kernel = sample([3, 3, inputs, outputs], scale: 0.1)
        func all() throws -> [[Float]] {
            let tape = GradientTape()
            tape.watch(x)
            tape.watch(kernel)
            let y = try tape.record { try convolution(x, kernel, padding: .same) }
            let found = try tape.gradient(of: [y], withRespectTo: [x, kernel])
            return [y.values, try #require(found[0]).values, try #require(found[1]).values]
        }
        let one = try onThreads(1) { try all() }
        let two = try onThreads(2) { try all() }
        #expect(one == two)
        // An image alone gives what it gives among others.
        let alone = try convolution(x.slice(from: 0, as: [1, extent, extent, inputs]), kernel, padding: .same)
        #expect(Array(one[0].prefix(alone.elementCount)) == alone.values)
    }

    @Test func takesEmptyBatchesAndNoChannels() throws {
        let none = Tensor([0, 4, 4, 2], [Float]())
        #expect(try convolution(none, sample([3, 3, 2, 5])).shape == [0, 2, 2, 5])
        let bare = Tensor([1, 3, 0], [Float]())
        let result = try convolution(bare, Tensor([2, 0, 2], [Float]()), bias: Tensor([2], [1, 2]))
        #expect(result.values == [1, 2, 1, 2])
    }

    @Test func refusesWhatDoesNotFit() throws {
        let (x, kernel) = (sample([1, 5, 5, 4]), sample([3, 3, 4, 2]))
        #expect(throws: TensorError.self) { try convolution(sample([5, 5, 4]), kernel) }
        #expect(throws: TensorError.self) { try convolution(x, sample([3, 3, 3, 2])) }
        #expect(throws: TensorError.self) { try convolution(x, sample([7, 7, 4, 2])) }
        #expect(throws: TensorError.self) { try convolution(x, kernel, strides: [0, 1]) }
        #expect(throws: TensorError.self) { try convolution(x, kernel, strides: [1]) }
        #expect(throws: TensorError.self) { try convolution(x, kernel, dilations: [1, -1]) }
        #expect(throws: TensorError.self) { try convolution(x, kernel, groups: 3) }
        #expect(throws: TensorError.self) { try convolution(x, kernel, bias: sample([3])) }
        #expect(throws: TensorError.self) { try convolution(x, widened(kernel)) }
        #expect(throws: TensorError.self) { try depthwiseConvolution(x, sample([3, 3, 3, 1])) }
    }

    /// Shapes, strides, dilations and borders of every kind, enormous ones too: a result or a typed error, never a trap.
    @Test func everyKindOfWindowGivesAResultOrAnError() throws {
        var random = SystemRandomNumberGenerator()
        let extents = [0, 1, 2, 3, 5]
        let steps = [-1, 0, 1, 2, 3, 1 << 30, Int.max]
        let borders = [-1, 0, 1, 2, 1 << 30, Int.max]
        var results = 0
        for _ in 0..<3000 {
            let count = Int.random(in: 1...3, using: &random)
            func pick(_ from: [Int]) -> Int { from.randomElement(using: &random) ?? 1 }
            func picks(_ from: [Int]) -> [Int] { (0..<count).map { _ in pick(from) } }
            let channels = pick([0, 1, 2, 4])
            let groups = pick([-1, 0, 1, 1, 1, 2, 4])
            let format = DataFormat.allCases.randomElement(using: &random) ?? .channelsLast
            let spatial = picks(extents)
            let shape =
                format == .channelsLast
                ? Shape([pick([0, 1, 2])] + spatial + [channels]) : Shape([pick([0, 1, 2]), channels] + spatial)
            let x = sample(shape)
            let kernel = sample(Shape(picks([0, 1, 1, 2, 3]) + [max(1, channels / max(1, groups)), pick([0, 2, 4])]))
            let padding =
                [
                    WindowPadding.valid, .same,
                    .explicit((0..<count).map { _ in .init(before: pick(borders), after: pick(borders)) }),
                ].randomElement(using: &random) ?? .valid
            let (strides, dilations) = (picks(steps), picks(steps))
            let geometry = WindowGeometry(strides: strides, dilations: dilations, padding: padding, format: format)
            let specs = [x.spec, kernel.spec]
            if let y = try? Convolution(geometry: geometry, groups: groups).outputSpecs(specs)[0], y.elementCount < 4096
            {
                let tape = GradientTape()
                tape.watch(x)
                tape.watch(kernel)
                let y = try tape.record {
                    try convolution(
                        x, kernel, strides: strides, padding: padding, dilations: dilations, dataFormat: format,
                        groups: groups)
                }
                _ = try tape.gradient(of: [y], withRespectTo: [x, kernel])
                results += 1
            }
            let turned = TransposedConvolution(
                geometry: geometry, groups: groups,
                extents: .computed(outputPadding: Bool.random(using: &random) ? picks([-1, 0, 1]) : nil))
            if let y = try? turned.outputSpecs(specs)[0], y.elementCount < 4096 {
                _ = try apply(turned, to: [x, kernel])
                results += 1
            }
            let window = PoolingWindow(geometry: geometry, extents: picks([0, 1, 2, 3, 1 << 31, Int.max]))
            if let y = try? MaxPooling(window: window).outputSpec(x.spec), y.elementCount < 4096 {
                for pool in [maxPooling, averagePooling] {
                    let tape = GradientTape()
                    tape.watch(x)
                    let y = try tape.record { try pool(x, window.extents, strides, padding, dilations, format) }
                    _ = try tape.gradient(of: y, withRespectTo: x)
                }
                results += 1
            }
        }
        #expect(results > 100)
    }
}
