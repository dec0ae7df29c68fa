import CKernels
import TestSupport
import Testing

@testable import TensorCore

/// The fast kernels held against the plain definition, over many kinds of windows.
struct ConvolutionKernelsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var axes: [WindowAxis]
        var batch = 2
        var inputs = 3
        var outputs = 5
        var groups = 1
        var testDescription: String { "\(axes) \(batch)·\(inputs)→\(outputs) in \(groups)" }

        func shape(_ dtype: DType, channelsFirst: Bool) -> ConvolutionShape {
            ConvolutionShape(
                axes: axes, batch: batch, inputChannels: inputs, outputChannels: outputs, groups: groups,
                channelsFirst: channelsFirst, dtype: dtype)
        }
    }

    static func axis(_ input: Int, _ kernel: Int, _ stride: Int, _ before: Int, _ after: Int, dilation: Int = 1)
        -> WindowAxis
    {
        let reach = (kernel - 1) * dilation + 1
        return WindowAxis(
            input: input, output: (input + before + after - reach) / stride + 1, kernel: kernel, stride: stride,
            dilation: dilation, before: before)
    }

    static let cases: [Case] = [
        Case(axes: [axis(7, 3, 1, 0, 0)]),
        Case(axes: [axis(7, 3, 2, 1, 1)], inputs: 1),
        Case(axes: [axis(9, 3, 1, 6, 0, dilation: 3)], outputs: 1),
        Case(axes: [axis(5, 3, 1, 1, 1), axis(6, 2, 2, 0, 1)]),
        Case(axes: [axis(8, 3, 3, 1, 0), axis(7, 5, 2, 2, 2)], batch: 3, inputs: 2, outputs: 33),
        Case(axes: [axis(6, 1, 1, 0, 0), axis(6, 1, 1, 0, 0)], inputs: 17, outputs: 40),
        Case(axes: [axis(6, 1, 2, 0, 0), axis(5, 1, 2, 0, 0)], inputs: 4, outputs: 4),
        Case(
            axes: [axis(7, 3, 1, 2, 2, dilation: 2), axis(7, 3, 2, 2, 2, dilation: 2)], inputs: 4, outputs: 6, groups: 2
        ),
        Case(axes: [axis(6, 3, 1, 1, 1), axis(5, 3, 2, 1, 1)], inputs: 19, outputs: 19, groups: 19),
        Case(axes: [axis(6, 3, 1, 1, 1), axis(5, 3, 2, 1, 1)], inputs: 7, outputs: 21, groups: 7),
        Case(axes: [axis(4, 2, 1, 0, 0), axis(5, 3, 2, 1, 1), axis(4, 3, 1, 1, 1)]),
        Case(
            axes: [axis(4, 3, 2, 0, 1, dilation: 1), axis(3, 2, 1, 1, 1), axis(5, 2, 3, 1, 1)], inputs: 4, outputs: 8,
            groups: 4),
        // Few results of many channels, with and without a rest behind whole vectors, in groups, and of taps apart.
        Case(axes: [axis(8, 3, 2, 1, 1), axis(9, 3, 2, 1, 1)], inputs: 1, outputs: 21),
        Case(axes: [axis(9, 5, 1, 2, 2), axis(7, 3, 1, 0, 0)], inputs: 6, outputs: 16),
        Case(axes: [axis(6, 3, 1, 1, 1), axis(5, 2, 1, 0, 0)], inputs: 40, outputs: 4, groups: 2),
        Case(axes: [axis(7, 3, 1, 2, 2, dilation: 2), axis(6, 2, 3, 0, 1, dilation: 2)], inputs: 19, outputs: 5),
        // Taps that never meet the image, and strides that leave input places unseen.
        Case(axes: [axis(3, 3, 1, 4, 4, dilation: 4), axis(4, 2, 1, 0, 0)]),
        Case(axes: [axis(9, 2, 4, 0, 0)], batch: 1),
        Case(axes: [axis(12, 3, 1, 1, 1), axis(13, 3, 1, 1, 1)], batch: 1, inputs: 8, outputs: 40),
    ]

    @Test(arguments: cases, [false, true])
    func agreesWithTheDefinition(_ example: Case, channelsFirst: Bool) throws {
        defer { ck_set_level(ck_level_max()) }
        for level in 0...ck_level_max() {
            ck_set_level(level)
            try checkAgainstTheDefinition(example.shape(.float64, channelsFirst: channelsFirst), tolerance: 1e-11)
            try checkAgainstTheDefinition(example.shape(.float32, channelsFirst: channelsFirst), tolerance: 1e-4)
        }
    }

    /// One image's product is small enough to be computed in one go; that of both is cut through its places.
    @Test func theKernelsGradientOfABatchIsTheSumOverItsImages() throws {
        let axes = [Self.axis(40, 3, 1, 1, 1), Self.axis(40, 3, 1, 1, 1)]
        func shape(_ batch: Int) -> ConvolutionShape {
            Case(axes: axes, batch: batch, inputs: 24, outputs: 24).shape(.float64, channelsFirst: false)
        }
        let (both, one) = (shape(2), shape(1))
        let (x, dy) = (widened(sample([both.inputCount])), widened(sample([both.outputCount], scale: 0.7)))
        func gradient(_ shape: ConvolutionShape, image: Int) throws -> [Double] {
            let dw = try Tensor(uninitialized: TensorSpec([shape.kernelCount], .float64))
            try Kernels.convolveBackwardToKernel(
                x.pointer + image * one.inputCount * 8, dy.pointer + image * one.outputCount * 8,
                into: dw.buffer.pointer, shape)
            return dw.scalars(Double.self)
        }
        let together = try onThreads(1) { try gradient(both, image: 0) }
        #expect(try onThreads(2) { try gradient(both, image: 0) } == together)
        for (sum, parts) in try zip(together, zip(gradient(one, image: 0), gradient(one, image: 1))) {
            #expect(abs(sum - parts.0 - parts.1) < 1e-10)
        }
    }

    private func checkAgainstTheDefinition(_ shape: ConvolutionShape, tolerance: Double) throws {
        let direct = DirectConvolution(shape)
        func operand(_ count: Int, scale: Float = 1) -> Tensor {
            let single = sample([count], scale: scale)
            return shape.isDouble ? widened(single) : single
        }
        let x = operand(shape.inputCount)
        let w = operand(shape.kernelCount, scale: 0.5)
        let bias = operand(shape.outputChannels, scale: 2)
        let dy = operand(shape.outputCount, scale: 0.7)
        func check(
            _ count: Int, _ fast: (UnsafeMutableRawPointer) throws -> Void, _ plain: (UnsafeMutableRawPointer) -> Void
        ) throws {
            let found = try Tensor(uninitialized: TensorSpec([count], shape.dtype))
            let expected = operand(count, scale: 0)
            try fast(found.buffer.pointer)
            plain(expected.buffer.pointer)
            func numbers(_ x: Tensor) -> [Double] {
                shape.isDouble ? x.scalars(Double.self) : x.values.map(Double.init)
            }
            let worst = zip(numbers(found), numbers(expected)).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
            #expect(worst < tolerance, "level \(ck_level()), \(shape.dtype)")
        }
        try check(shape.outputCount) {
            try Kernels.convolve(x.pointer, w.pointer, bias: bias.pointer, into: $0, shape)
        } _: {
            direct.forward(x.pointer, w.pointer, bias: bias.pointer, into: $0)
        }
        try check(shape.inputCount) {
            try Kernels.convolveBackwardToInput(dy.pointer, w.pointer, into: $0, shape)
        } _: {
            direct.backwardToInput(dy.pointer, w.pointer, into: $0)
        }
        try check(shape.kernelCount) {
            try Kernels.convolveBackwardToKernel(x.pointer, dy.pointer, into: $0, shape)
        } _: {
            direct.backwardToKernel(x.pointer, dy.pointer, into: $0)
        }
    }
}
