import TensorCore
import TestSupport
import Testing

@testable import Operators

struct IndexedSlicesTests {
    @Test func standsForADenseTensor() throws {
        let table = try Tensor.zeros([3, 2])
        let slices = try IndexedSlices(
            values: Tensor([2, 1, 2], [1, 2, 3, 4]), indices: Tensor([2, 1], [Int32(2), 0]), like: table)
        #expect(slices.indices.shape == [2])
        #expect(slices.values.shape == [2, 2])
        #expect(try slices.dense().values == [3, 4, 0, 0, 1, 2])
        #expect(
            try slices.mapValues { (values) throws(TensorError) in try values * 2 }.dense().values == [
                6, 8, 0, 0, 2, 4,
            ])
    }

    @Test func aScalarIndexIsOneRow() throws {
        let slices = try IndexedSlices(
            values: Tensor([2], [1, 2]), indices: Tensor([], [Int64(1)]), like: Tensor.zeros([2, 2]))
        #expect(try slices.dense().values == [0, 0, 1, 2])
    }

    @Test func refusesRowsThatAreNotThere() throws {
        let slices = try IndexedSlices(
            values: Tensor([1, 2], [1, 2]), indices: Tensor([1], [Int64(5)]), like: Tensor.zeros([2, 2]))
        #expect(throws: TensorError.indexOutOfRange(operator: "DenseFromSlices", index: 5, limit: 2)) {
            try slices.dense()
        }
        #expect(throws: TensorError.rankTooSmall(operator: "IndexedSlices", minimum: 1, received: [])) {
            try IndexedSlices(values: Tensor(1), indices: Tensor([], [Int64(0)]), like: Tensor(1))
        }
    }
}
