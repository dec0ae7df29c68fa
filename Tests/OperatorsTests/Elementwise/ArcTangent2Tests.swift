import Operators
import TensorCore
import Testing

struct ArcTangent2Tests {
    @Test func knowsAllFourQuarters() throws {
        let angles = try atan2(Tensor([4], [1, 1, -1, -1]), Tensor([4], [1, -1, -1, 1])).values
        let eighth: Float = 0.785_398_2
        #expect(angles == [eighth, 3 * eighth, -3 * eighth, -eighth])
    }

    @Test func refusesWholeNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "ArcTangent2", received: .int32)) {
            try atan2(Tensor([], [Int32(1)]), Tensor([], [Int32(1)]))
        }
    }
}
