import Operators
import TensorCore
import Testing

struct StridedSliceTests {
    let x = Tensor([3, 4], (0..<12).map { Float($0) })

    @Test func slicesAsPythonDoes() throws {
        #expect(try x[0].values == [0, 1, 2, 3])
        #expect(try x[-1, -1].values == [11])
        #expect(try x[.from(1), .upTo(2)].values == [4, 5, 8, 9])
        #expect(try x[.all, .every(2)].values == [0, 2, 4, 6, 8, 10])
        #expect(try x[.every(-1), 0].values == [8, 4, 0])
        #expect(try x[.rest, .range(from: -2, to: 0, by: -1)].values == [2, 1, 6, 5, 10, 9])
        #expect(try x[.newAxis, 1, .newAxis].shape == [1, 1, 4])
        #expect(try x[.range(from: 2, to: 1)].shape == [0, 4])
        #expect(try x[.range(from: -100, to: 100)].shape == [3, 4])
        #expect(try x[.range(from: 1, by: 100)].values == [4, 5, 6, 7])
        #expect(try x[.range(from: .max, to: .min, by: .min)].shape == [1, 4])
    }

    @Test func takesBlocks() throws {
        #expect(try slice(x, from: [1, 2], sizes: [2, -1]).values == [6, 7, 10, 11])
        #expect(try slice(x, from: [3, 0], sizes: [0, 4]).shape == [0, 4])
    }

    @Test func movesAnyDType() throws {
        #expect(try Tensor([3], [true, false, true])[.every(-2)].scalars(Bool.self) == [true, true])
        #expect(try Tensor([3], [Int64(1), 2, 3])[.from(1)].scalars(Int64.self) == [2, 3])
    }

    @Test func theGradientIsZeroElsewhere() throws {
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try x[1, .every(-2)] }
        #expect(
            try tape.gradient(of: y, withRespectTo: x, outputGradient: Tensor([2], [5, 7]))?.values
                == [0, 0, 0, 0, 0, 7, 0, 5, 0, 0, 0, 0])
    }

    @Test func refusesWhatIsNotThere() {
        #expect(throws: TensorError.indexOutOfRange(operator: "StridedSlice", index: 3, limit: 3)) { try x[3] }
        #expect(throws: TensorError.indexOutOfRange(operator: "StridedSlice", index: -4, limit: 3)) { try x[-4] }
        #expect(throws: TensorError.indexOutOfRange(operator: "StridedSlice", index: .min, limit: 3)) {
            try x[.index(.min)]
        }
        #expect(throws: TensorError.rankTooSmall(operator: "StridedSlice", minimum: 3, received: [3, 4])) {
            try x[0, 0, 0]
        }
        #expect(throws: TensorError.invalidArgument(operator: "StridedSlice", message: "the step of axis 0 is zero")) {
            try x[.every(0)]
        }
        #expect(throws: TensorError.self) { try x[.rest, .rest] }
        #expect(throws: TensorError.self) { try slice(x, from: [1, 2], sizes: [3, 1]) }
        #expect(throws: TensorError.self) { try slice(x, from: [-1, 2], sizes: [1, 1]) }
        #expect(throws: TensorError.self) { try slice(x, from: [1, 2], sizes: [.max, 1]) }
        #expect(throws: TensorError.shapeTooLarge(extents: Array(repeating: 1, count: 7) + [3, 4])) {
            try slice(x, Array(repeating: .newAxis, count: 7))
        }
    }
}
