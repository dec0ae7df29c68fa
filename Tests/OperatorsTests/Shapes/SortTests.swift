import Operators
import TensorCore
import Testing

struct SortTests {
    let x = Tensor([2, 3], [3, 1, 2, 5, 5, 4])

    @Test func ordersRowsAndColumns() throws {
        #expect(try sort(x).values == [1, 2, 3, 4, 5, 5])
        #expect(try sort(x, descending: true).values == [3, 2, 1, 5, 5, 4])
        #expect(try sort(x, axis: 0, descending: true).values == [5, 5, 4, 3, 1, 2])
        #expect(try argsort(x).scalars(Int32.self) == [1, 2, 0, 2, 0, 1])
        #expect(try argsort(x, descending: true).scalars(Int32.self) == [0, 2, 1, 0, 1, 2])
    }

    @Test func aNaNIsGreaterThanAnyNumberAndZerosAreEqual() throws {
        let y = try sort(Tensor([5], [.nan, .infinity, -.infinity, -0.0, 0])).values
        #expect(Array(y[..<4]) == [-.infinity, 0, 0, .infinity])
        #expect(y[4].isNaN)
        #expect(try argsort(Tensor([2], [0, -0.0])).scalars(Int32.self) == [0, 1])
        #expect(try topK(Tensor([3], [1, .nan, 2]), 1).indices.scalars(Int32.self) == [1])
    }

    @Test(arguments: DType.allCases.filter { $0 != .bool && $0 != .float16 && $0 != .bfloat16 })
    func ordersAnyNumbers(dtype: DType) throws {
        let numbers = try cast(Tensor([4], [3, 0, 100, 7]), to: dtype)
        #expect(try cast(sort(numbers), to: .float32).values == [0, 3, 7, 100])
    }

    @Test func picksTheGreatestFewAsASortWould() throws {
        let many = Tensor([3, 500], (0..<1500).map { Float(($0 * 7919) % 613) })
        for count in [0, 1, 5, 32, 33, 500] {
            let top = try topK(many, count)
            let sorted = try argsort(many, descending: true)[.rest, .upTo(count)]
            #expect(top.indices.scalars(Int32.self) == sorted.scalars(Int32.self))
        }
    }

    @Test func refusesMoreThanThereAre() {
        #expect(
            throws: TensorError.invalidArgument(
                operator: "SortedPlaces", message: "axis 1 of [2, 3] has no 4 elements")
        ) { try topK(x, 4) }
        #expect(throws: TensorError.unsupportedDType(operator: "SortedPlaces", received: .bool)) {
            try sort(Tensor([1], [true]))
        }
    }
}
