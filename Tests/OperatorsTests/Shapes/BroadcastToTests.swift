import Operators
import TensorCore
import Testing

struct BroadcastToTests {
    @Test func stretchesToAShape() throws {
        #expect(try broadcast(Tensor([2, 1], [1, 2]), to: [2, 3]).values == [1, 1, 1, 2, 2, 2])
        #expect(
            try broadcast(Tensor([2], [true, false]), to: [2, 2]).scalars(Bool.self) == [true, false, true, false])
        #expect(try broadcast(Tensor(3), to: []).values == [3])
        #expect(try broadcast(Tensor([1], [3]), to: [0]).shape == [0])
    }

    @Test func refusesWhatDoesNotStretch() {
        #expect(
            throws: TensorError.shapeMismatch(
                operator: "BroadcastTo", left: [2], right: [1], rule: "x must stretch to the shape")
        ) { try broadcast(Tensor([2], [1, 2]), to: [1]) }
        #expect(throws: TensorError.self) { try broadcast(Tensor([2], [1, 2]), to: [3]) }
        #expect(throws: TensorError.self) { try broadcast(Tensor(1), to: [nil]) }
    }

    @Test func refusesMoreThanTheMachineHas() {
        let shape = Shape([1 << 30, 1 << 30])
        #expect(throws: TensorError.outOfMemory(byteCount: 1 << 62)) { try broadcast(Tensor(1), to: shape) }
    }
}
