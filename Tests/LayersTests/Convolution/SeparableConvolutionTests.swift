import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Depthwise and separable convolutions, as ordinary ones of kernels that are mostly zeros.
struct SeparableConvolutionTests {
    private let x = sample([2, 5, 6, 3])

    /// `[rows, columns, channels, multiplier]` as the kernel of a convolution of as many groups as channels.
    private func grouped(_ kernel: Tensor) throws -> Tensor {
        let shape = kernel.shape
        return try reshape(kernel, [shape[0], shape[1], 1, shape[2] * shape[3]])
    }

    @Test func depthwiseKernelsSeeOneChannelEach() throws {
        for slow in [SlowConvolution(groups: 3), SlowConvolution(strides: 2, isSame: true, groups: 3)] {
            let layer = DepthwiseConv2D(
                [2, 3], strides: WindowExtents([slow.strides]), padding: slow.isSame ? .same : .valid,
                depthMultiplier: 2)
            let y = try layer(x)
            #expect(agree(y, slow.image(x, try grouped(layer.variables[0].value))))
        }
    }

    @Test func thePointwiseKernelMixesThem() throws {
        let layer = SeparableConv2D(4, 3, padding: .same, depthMultiplier: 2, biasInitializer: .constant(0.5))
        let y = try layer(x)
        #expect(layer.variables.map(\.shape) == [[3, 3, 3, 2], [1, 1, 6, 4], [4]])
        let depthwise = SlowConvolution(isSame: true, groups: 3).image(x, try grouped(layer.variables[0].value))
        let between = Tensor([2, 5, 6, 6], depthwise.map { Float($0) })
        let expected = SlowConvolution().image(between, try layer.variables[1].value).map { $0 + 0.5 }
        #expect(agree(y, expected))
    }

    @Test func sequencesAreImagesOfOneRow() throws {
        let sequence = sample([2, 6, 3])
        let layer = SeparableConv1D(2, 3, dataFormat: .channelsFirst)
        let y = try layer(transpose(sequence, [0, 2, 1]))
        let depthwise = try expandDimensions(layer.variables[0].value, axes: [0])
        let middle = SlowConvolution(groups: 3).image(try expandDimensions(sequence, axes: [1]), try grouped(depthwise))
        let pointwise = try expandDimensions(layer.variables[1].value, axes: [0])
        let expected = SlowConvolution().image(Tensor([2, 1, 4, 3], middle.map { Float($0) }), pointwise)
        #expect(agree(try transpose(y, [0, 2, 1]), expected))
    }
}
