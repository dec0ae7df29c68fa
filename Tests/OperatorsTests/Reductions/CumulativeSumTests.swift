import Operators
import TensorCore
import Testing

struct CumulativeSumTests {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])

    @Test func addsUpAlongAnAxis() throws {
        #expect(try cumulativeSum(x, axis: 1).values == [1, 3, 6, 4, 9, 15])
        #expect(try cumulativeSum(x).values == [1, 2, 3, 5, 7, 9])
        #expect(try cumulativeSum(x, axis: 1, exclusive: true).values == [0, 1, 3, 0, 4, 9])
        #expect(try cumulativeSum(x, axis: 1, reverse: true).values == [6, 5, 3, 15, 11, 6])
        #expect(try cumulativeSum(x, axis: 1, exclusive: true, reverse: true).values == [5, 3, 0, 11, 6, 0])
        #expect(try cumulativeSum(Tensor([2], [UInt8(200), 100])).scalars(UInt8.self) == [200, 44])
    }

    @Test func multipliesUpToo() throws {
        #expect(try cumulativeProduct(x, axis: 1).values == [1, 2, 6, 4, 20, 120])
        #expect(try cumulativeProduct(x, axis: 1, exclusive: true).values == [1, 1, 2, 1, 4, 20])
    }

    @Test func refusesBooleans() {
        #expect(throws: TensorError.unsupportedDType(operator: "CumulativeSum", received: .bool)) {
            try cumulativeSum(Tensor([1], [true]))
        }
    }
}
