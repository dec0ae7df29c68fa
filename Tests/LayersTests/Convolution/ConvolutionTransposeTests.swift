import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct ConvolutionTransposeTests {
    @Test func spreadsEveryInputOverItsWindow() throws {
        let x = sample([2, 3, 4, 2])
        for (strides, isSame, rows, columns) in [(1, false, 5, 6), (2, false, 7, 9), (2, true, 6, 8), (3, true, 9, 12)]
        {
            let layer = Conv2DTranspose(
                3, 3, strides: WindowExtents([strides]), padding: isSame ? .same : .valid)
            let y = try layer(x)
            #expect(y.shape == [2, rows, columns, 3])
            let slow = SlowConvolution(strides: strides, isSame: isSame)
            #expect(agree(y, slow.spread(x, try layer.variables[0].value, rows: rows, columns: columns)))
        }
    }

    @Test func outputPaddingSaysWhichOfTheFittingExtents() throws {
        let x = sample([1, 3, 2])
        for padding in 0..<2 {
            let layer = Conv1DTranspose(1, 3, strides: 2, padding: .same, outputPadding: WindowExtents([padding]))
            #expect(try layer(x).shape == [1, 5 + padding, 1])
        }
        #expect(throws: (any Error).self) {
            try Conv1DTranspose(1, 3, strides: 2, padding: .same, outputPadding: 2)(x)
        }
    }

    @Test func theKernelHasOutputsBeforeInputs() throws {
        let layer = Conv3DTranspose(5, 2)
        _ = try layer(sample([1, 2, 2, 2, 3]))
        #expect(layer.variables.map(\.shape) == [[2, 2, 2, 5, 3], [5]])
    }
}
