import TensorCore
import TestSupport
import Testing

@testable import Operators

struct SumLikeTests {
    @Test func turnsABroadcastBack() throws {
        let x = Tensor([2, 2], [1, 2, 3, 4])
        #expect(try sumLike(x, Tensor([2, 1], [0, 0])).values == [3, 7])
        #expect(try sumLike(x, Tensor(0)).values == [10])
        #expect(try sumLike(x, Tensor(0), averages: true).values == [2.5])
        #expect(try sumLike(x, x).id == x.id)
    }

    @Test func refusesWhatDoesNotStretch() {
        #expect(
            throws: TensorError.shapeMismatch(
                operator: "SumLike", left: [2, 1], right: [2, 2], rule: "the reference must stretch to x")
        ) { try apply(SumLike(), to: sample([2, 1]), sample([2, 2])) }
    }
}
