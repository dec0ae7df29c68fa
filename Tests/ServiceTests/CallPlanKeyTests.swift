import TensorCore
import TestSupport
import Testing

@testable import Service

/// What the plan of a call is kept for …
struct CallPlanKeyTests {
    private func key(_ shape: Shape, keepsBatch: Bool = false) -> CallPlan.Key {
        CallPlan.Key([TensorSpec(shape)], training: false, isExact: false, keepsBatch: keepsBatch)
    }

    private func call(_ shape: Shape) -> [Tensor] {
        [Tensor(shape, [Float](repeating: 0, count: shape.elementCount))]
    }

    @Test func fitsEveryBatch() {
        #expect(key([2, 3]).fits(call([5, 3]), training: false, isExact: false))
        #expect(key([]).fits(call([]), training: false, isExact: false))
    }

    @Test func fitsNoOtherRowsDtypesOrWays() {
        #expect(!key([2, 3]).fits(call([2, 4]), training: false, isExact: false))
        #expect(!key([2, 3]).fits(call([2]), training: false, isExact: false))
        #expect(
            !key([2, 3]).fits([Tensor([2, 3], [Double](repeating: 0, count: 6))], training: false, isExact: false))
        #expect(!key([2, 3]).fits(call([2, 3]) + call([2, 3]), training: false, isExact: false))
        #expect(!key([2, 3]).fits(call([2, 3]), training: true, isExact: false))
        #expect(!key([2, 3]).fits(call([2, 3]), training: false, isExact: true))
    }

    /// A plan of unknown extents was traced without looking at them.
    @Test func fitsKnownExtentsOnlyWhereItHasThem() {
        #expect(!key([nil, nil, 3]).fits(call([2, 4, 3]), training: false, isExact: false))
    }

    /// Where each example of the batch has a state of its own, another batch has another plan.
    @Test func fitsOnlyItsOwnBatchWhereStatesAreKept() {
        #expect(key([2, 3], keepsBatch: true).fits(call([2, 3]), training: false, isExact: false))
        #expect(!key([2, 3], keepsBatch: true).fits(call([5, 3]), training: false, isExact: false))
    }
}
