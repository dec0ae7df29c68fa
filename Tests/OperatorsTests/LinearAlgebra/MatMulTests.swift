import TensorCore
import TestSupport
import Testing

@testable import Operators

struct MatMulTests {
    @Test func multipliesAsByHand() throws {
        let x = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        let y = Tensor([3, 2], [7, 8, 9, 10, 11, 12])
        #expect(try matmul(x, y).values == [58, 64, 139, 154])
    }

    @Test func takesEitherSideTransposed() throws {
        let x = Tensor([3, 2], [1, 4, 2, 5, 3, 6])
        let y = Tensor([2, 3], [7, 9, 11, 8, 10, 12])
        #expect(try matmul(x, y, transposingLeft: true, transposingRight: true).values == [58, 64, 139, 154])
    }

    @Test func treatsLeadingAxesAsRowsOrAsABatch() throws {
        let x = sample([2, 2, 3])
        let y = sample([3, 4])
        #expect(try matmul(x, y).values == matmul(reshape(x, [4, 3]), y).values)
        let batch = try matmul(x, sample([2, 3, 2]))
        #expect(batch.shape == [2, 2, 2])
    }

    @Test func anEmptyInnerAxisGivesZeros() throws {
        #expect(try matmul(Tensor([2, 0], [Float]()), Tensor([0, 2], [Float]())).values == [0, 0, 0, 0])
        #expect(try matmul(Tensor([0, 2], [Float]()), Tensor([2, 3], sample([6]).values)).shape == [0, 3])
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
            let inputs = [sample(left ? [3, 2] : [2, 3]), sample(right ? [4, 3] : [3, 4])]
            let error = try gradientError(at: inputs) {
                try matmul($0[0], $0[1], transposingLeft: left, transposingRight: right)
            }
            #expect(error < 1e-8, "transposed: \(left), \(right)")
        }
        #expect(try gradientError(at: [sample([2, 2, 3]), sample([3, 2])]) { try matmul($0[0], $0[1]) } < 1e-8)
        #expect(try gradientError(at: [sample([2, 2, 3]), sample([2, 3, 2])]) { try matmul($0[0], $0[1]) } < 1e-8)
    }

    @Test func hasSecondDerivativesInPlansWhoseExtentsAreUnknown() throws {
        let inputs = [widened(sample([2, 2, 3])), widened(sample([3, 4], scale: 2))]
        func bent(_ inputs: [Tensor]) throws -> [Tensor] {
            try curvature(at: inputs) { [try square(matmul($0[0], $0[1]))] }
        }
        let plan = try Plan(
            tracing: [TensorSpec([nil, nil, nil], .float64), TensorSpec([nil, nil], .float64)], in: VariableStore(),
            bent)
        let found = try plan.run(inputs, on: plan.store.lease())
        #expect(found.map(\.shape) == [[2, 2, 3], [3, 4]])
        for (one, other) in try zip(found, bent(inputs)) {
            for (x, y) in zip(one.scalars(Double.self), other.scalars(Double.self)) {
                #expect(abs(x - y) < 1e-11 * (1 + abs(y)))
            }
        }
    }

    @Test func exactAndFastProductsAgreeWithinRounding() throws {
        let x = sample([40, 70])
        let y = sample([70, 50])
        for (fast, exact) in try zip(matmul(x, y).values, matmul(x, y, .exact).values) {
            #expect(abs(fast - exact) < 1e-4)
        }
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(
            throws: TensorError.shapeMismatch(
                operator: "matmul", left: [4, 7], right: [8, 2], rule: "the inner extents 7 and 8 must be equal")
        ) { try matmul(sample([4, 7]), sample([8, 2])) }
        #expect(throws: TensorError.rankTooSmall(operator: "matmul", minimum: 2, received: [3])) {
            try matmul(sample([3]), sample([3, 2]))
        }
    }
}
