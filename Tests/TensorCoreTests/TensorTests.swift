import Testing

@testable import TensorCore

struct TensorTests {
    @Test func isCopiedWhenItIsWrittenAndNotBefore() {
        let first = Tensor([2], [1, 2])
        var second = first
        #expect(first.pointer == second.pointer)
        second.withMutableElements(Float.self) { $0[0] = 9 }
        #expect(first.values == [1, 2])
        #expect(second.values == [9, 2])
    }

    @Test func isWrittenInPlaceWhenNobodyElseHoldsIt() {
        var tensor = Tensor([2], [1, 2])
        let before = tensor.pointer
        tensor.withMutableElements(Float.self) { $0[1] = 5 }
        #expect(tensor.pointer == before)
        #expect(tensor.values == [1, 5])
    }

    @Test func slicesShareTheirElements() {
        let whole = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
        let rows = whole.slice(from: 2, as: [2, 2])
        #expect(rows.values == [3, 4, 5, 6])
        #expect(rows.pointer == whole.pointer + 8)
        #expect(rows.slice(from: 2, as: [2]).values == [5, 6])
    }

    @Test func aSliceOutlivesItsWholeAndIsNeverWrittenThrough() {
        var slice = Tensor([2, 2], [1, 2, 3, 4]).slice(from: 2, as: [2])
        #expect(slice.values == [3, 4])
        let before = slice.pointer
        slice.withMutableElements(Float.self) { $0[0] = 7 }
        #expect(slice.pointer != before)
        #expect(slice.values == [7, 4])
    }

    @Test func everyValueHasAnIdentityOfItsOwn() {
        let tensor = Tensor([1], [1])
        #expect(tensor.id != tensor.viewed(as: []).id)
        #expect(tensor.id != Tensor([1], [1]).id)
        #expect(tensor.id != 0)
    }

    @Test func refusesMoreMemoryThanThereIs() {
        let spec = TensorSpec(Shape([1 << 30, 1 << 30]), .float64)
        #expect(throws: TensorError.outOfMemory(byteCount: spec.byteCount)) { try Tensor(uninitialized: spec) }
    }

    @Test(arguments: [0, 1, 8, 2047, 2048, 2049, 4096, 5000, 1 << 20])
    func holdsBytesOfAnySize(count: Int) throws {
        var tensor = try Tensor(uninitialized: TensorSpec([count], .uint8))
        tensor.withMutableElements(UInt8.self) { bytes in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index) }
        }
        #expect(tensor.scalars(UInt8.self) == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
    }
}
