import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct ConvolutionTests {
    private let x = sample([2, 5, 6, 2])

    @Test(arguments: [
        SlowConvolution(), SlowConvolution(strides: 2), SlowConvolution(dilation: 2), SlowConvolution(isSame: true),
        SlowConvolution(strides: 2, isSame: true), SlowConvolution(dilation: 2, isSame: true),
        SlowConvolution(groups: 2),
    ])
    func givesWhatIsWrittenOutByHand(slow: SlowConvolution) throws {
        func layer(_ format: DataFormat) -> Conv2D {
            Conv2D(
                4, [3, 2], strides: WindowExtents([slow.strides]), padding: slow.isSame ? .same : .valid,
                dataFormat: format, dilations: WindowExtents([slow.dilation]), groups: slow.groups)
        }
        let last = layer(.channelsLast)
        let y = try last(x)
        #expect(agree(y, slow.image(x, try last.variables[0].value)))
        let first = layer(.channelsFirst)
        let turned = try transpose(x, [0, 3, 1, 2])
        _ = try first(turned)
        try first.variables[0].assign(last.variables[0].value)
        #expect(agree(try transpose(first(turned), [0, 2, 3, 1]), y.values.map(Double.init)))
    }

    @Test func sequencesAreImagesOfOneRow() throws {
        let sequence = sample([2, 7, 3])
        let layer = Conv1D(2, 3, strides: 2, padding: .same, activation: .relu, biasInitializer: .constant(0.25))
        let y = try layer(sequence)
        let kernel = try expandDimensions(layer.variables[0].value, axes: [0])
        let slow = SlowConvolution(strides: 2, isSame: true)
        // The rows are one, so that strides along them make no difference.
        let sums = slow.image(try expandDimensions(sequence, axes: [1]), kernel).map { Swift.max($0 + 0.25, 0) }
        #expect(agree(y, sums))
    }

    @Test func causalPaddingLiesInFront() throws {
        let x = sample([1, 6, 2])
        let layer = Conv1D(2, 2, padding: .causal, dilations: 2)
        let y = try layer(x)
        #expect(y.shape == [1, 6, 2])
        // The first steps do not see what comes after them.
        let cut = try concatenate([slice(x, [.all, .upTo(3)]), Tensor.zeros([1, 3, 2])], axis: 1)
        #expect(try slice(layer(cut), [.all, .upTo(3)]).values == slice(y, [.all, .upTo(3)]).values)
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(
            performing: { try Conv2D(2, 3)(sample([2, 5, 5])) }, throws: key(.value, "is incompatible with the layer"))
        #expect(
            performing: { try Conv2D(3, 3, groups: 2)(x) }, throws: key(.value, "divisible by the number of groups"))
        #expect(performing: { try Conv2D(2, [1, 2, 3])(x) }, throws: key(.value, "must be 2 positive numbers"))
        #expect(throws: TensorError.self) { try Conv2D(2, 7)(x) }
        #expect(
            performing: { try Conv1D(2, 3).computeOutputShape([2, 5, nil]) }, throws: key(.value, "channel dimension"))
    }
}
