import Operators
import TensorCore
import Testing

struct LogicalTests {
    let x = Tensor([2, 1], [true, false])
    let y = Tensor([2], [true, false])

    @Test func followsTheTruthTables() throws {
        #expect(try logicalAnd(x, y).scalars(Bool.self) == [true, false, false, false])
        #expect(try logicalOr(x, y).scalars(Bool.self) == [true, true, true, false])
        #expect(try logicalXor(x, y).scalars(Bool.self) == [false, true, true, false])
        #expect(try logicalNot(y).scalars(Bool.self) == [false, true])
    }

    @Test func refusesNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "LogicalAnd", received: .float32)) {
            try logicalAnd(Tensor(1), Tensor(1))
        }
    }
}
