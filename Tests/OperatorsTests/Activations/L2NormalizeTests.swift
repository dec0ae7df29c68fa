import Operators
import TensorCore
import TestSupport
import Testing

struct L2NormalizeTests {
    @Test func givesRowsOfLengthOne() throws {
        #expect(try isClose(l2Normalize(Tensor([2, 2], [3, 4, 0, 5])), [0.6, 0.8, 0, 1]))
        #expect(try isClose(l2Normalize(Tensor([2, 2], [1, 1, 1, 1]), axes: nil), [0.5, 0.5, 0.5, 0.5]))
    }

    @Test func leavesZeroWhereItIs() throws {
        #expect(try l2Normalize(Tensor([2], [0, 0])).values == [0, 0])
    }

    @Test func refusesAxesThatAreNotThereAndWholeNumbers() {
        #expect(throws: TensorError.self) { try l2Normalize(Tensor([2], [3, 4]), axes: [1]) }
        #expect(throws: TensorError.self) { try l2Normalize(Tensor([2], [Int32(3), 4])) }
    }
}
