import Operators
import TensorCore
import TestSupport
import Testing

struct LogSumExpTests {
    @Test func addsInTheLogarithm() throws {
        #expect(try isClose(logSumExp(Tensor([2], [0, 0])), [0.693_147_2]))
        #expect(try isClose(logSumExp(Tensor([2], [1000, 1000])), [1000.6931]))
        #expect(try logSumExp(Tensor([2, 1], [3, 4]), axes: [1]).values == [3, 4])
    }

    @Test func knowsTheInfinities() throws {
        #expect(try logSumExp(Tensor([2], [-.infinity, -.infinity])).values == [-.infinity])
        #expect(try logSumExp(Tensor([2], [.infinity, 0])).values == [.infinity])
        #expect(try logSumExp(Tensor([0], [Float]())).values == [-.infinity])
        #expect(try logSumExp(Tensor([2], [.nan, 0])).values[0].isNaN)
    }
}
