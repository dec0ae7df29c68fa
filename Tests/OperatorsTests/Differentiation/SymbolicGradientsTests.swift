import TensorCore
import TestSupport
import Testing

@testable import Operators

struct SymbolicGradientsTests {
    @Test func aTableReadInAPlanGetsSlices() throws {
        let store = VariableStore()
        let table = Variable(name: "table", initialValue: Tensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), in: store)
        let plan = try Plan(tracing: [TensorSpec([nil], .int32)], in: store) { inputs in
            let loss = try sum(square(gather(table.value, inputs[0])))
            guard case .slices(let slices)? = try sparseGradients(of: loss, withRespectTo: [table])[0] else {
                throw TensorError.tape("the gradient is dense")
            }
            let totals = try slices.totals()
            let rows = try gather(table.value, totals.indices) - totals.values * 0.5
            try table.assign(scatterUpdate(table.value, totals.indices, rows))
            return [loss]
        }
        // Row 2 is read twice, so its gradient counts twice.
        let result = try plan.update([Tensor([3], [Int32(2), 0, 2])], steps: 1)
        #expect(result.outputs[0].values == [25 + 36 + 1 + 4 + 25 + 36])
        #expect(try table.value.values == [0, 0, 3, 4, -5, -6, 7, 8])
    }

    @Test func slicesOfATableOfUnknownExtentKnowItsShapeAtTheRun() throws {
        let graph = Graph()
        let table = try graph.placeholder(TensorSpec([nil, 2]))
        let dense = try graph.asDefault { () throws -> Tensor in
            let loss = try sum(gather(table, Tensor([2], [Int32(1), 1])))
            let found = try sparseGradients(of: [loss], withRespectTo: [table])[0]
            guard case .slices(let slices)? = found else { throw TensorError.tape("the gradient is dense") }
            return try slices.dense()
        }
        #expect(try Session(graph).run(dense, feeding: [(table, sample([3, 2]))]).values == [0, 0, 2, 2, 0, 0])
    }

    @Test func refusesOutputGradientsThatDoNotFit() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([2]))
        let y = try graph.asDefault { try x * 2 }
        #expect(throws: TensorError.self) {
            try gradients(of: [y], withRespectTo: [x], outputGradients: [sample([3])])
        }
        #expect(throws: TensorError.self) { try gradients(of: [y], withRespectTo: [x], outputGradients: []) }
        #expect(throws: TensorError.self) { try gradients(of: [Tensor(1)], withRespectTo: [x]) }
    }
}
