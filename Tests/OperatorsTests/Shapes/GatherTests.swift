import Operators
import TensorCore
import Testing

struct GatherTests {
    let table = Tensor([3, 2], [1, 2, 3, 4, 5, 6])

    @Test func picksSlices() throws {
        #expect(try gather(table, Tensor([3], [Int32(2), 0, 2])).values == [5, 6, 1, 2, 5, 6])
        #expect(try gather(table, Tensor([], [Int64(1)])).values == [3, 4])
        #expect(try gather(table, Tensor([1, 2], [Int64(1), 0]), axis: 1).shape == [3, 1, 2])
        #expect(try gather(table, Tensor([2], [Int64(1), 0]), axis: -1).values == [2, 1, 4, 3, 6, 5])
        #expect(try gather(Tensor([2], [true, false]), Tensor([1], [Int32(1)])).scalars(Bool.self) == [false])
    }

    @Test func picksWithinBatches() throws {
        let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(try gather(x, Tensor([2, 1], [Int32(2), 0]), axis: 1, batchAxes: 1).values == [3, 4])
    }

    @Test func theGradientOfATableStaysItsRows() throws {
        let tape = GradientTape()
        tape.watch(table)
        let y = try tape.record { try gather(table, Tensor([2, 1], [Int32(2), 2])) }
        let gradient = try tape.sparseGradient(
            of: [y], withRespectTo: [table], outputGradients: [Tensor([2, 1, 2], [1, 2, 3, 4])])[0]
        guard case .slices(let slices) = gradient else {
            Issue.record("the gradient is dense")
            return
        }
        #expect(slices.indices.scalars(Int32.self) == [2, 2])
        #expect(slices.values.values == [1, 2, 3, 4])
        #expect(slices.denseShape == [3, 2])
        #expect(try slices.dense().values == [0, 0, 0, 0, 4, 6])
        #expect(try slices.totals().values.values == [4, 6, 4, 6])
    }

    @Test func slicesOfTwoUsesAddUpAndMeetDenseGradients() throws {
        let tape = GradientTape(persistent: true)
        tape.watch(table)
        let (rows, all) = try tape.record { () throws -> (Tensor, Tensor) in
            let one = try gather(table, Tensor([1], [Int32(0)]))
            let two = try gather(table, Tensor([2], [Int64(0), 1]))
            return (try sum(one) + sum(two), try sum(table))
        }
        let sparse = try tape.sparseGradient(of: [rows], withRespectTo: [table])[0]
        if case .slices(let slices) = sparse { #expect(slices.indices.scalars(Int64.self).sorted() == [0, 0, 1]) }
        #expect(try sparse?.dense.values == [2, 2, 1, 1, 0, 0])
        #expect(try tape.gradient(of: [rows, all], withRespectTo: [table])[0]?.values == [3, 3, 2, 2, 1, 1])
    }

    @Test func refusesPlacesThatAreNotThere() {
        #expect(throws: TensorError.indexOutOfRange(operator: "Gather", index: 3, limit: 3)) {
            try gather(table, Tensor([1], [Int32(3)]))
        }
        #expect(throws: TensorError.indexOutOfRange(operator: "Gather", index: -1, limit: 3)) {
            try gather(table, Tensor([1], [Int64(-1)]))
        }
        #expect(throws: TensorError.indexOutOfRange(operator: "Gather", index: 5, limit: 3)) {
            try gather(Tensor([3, 0], [Float]()), Tensor([1], [Int32(5)]))
        }
        #expect(throws: TensorError.unsupportedDType(operator: "Gather", received: .float32)) {
            try gather(table, Tensor(1))
        }
    }
}
