import Operators
import TensorCore
import Testing

struct AnyAllTests {
    let x = Tensor([2, 2], [true, false, false, false])

    @Test func asksAllOfThem() throws {
        #expect(try any(x).scalars(Bool.self) == [true])
        #expect(try all(x).scalars(Bool.self) == [false])
        #expect(try any(x, axes: [1]).scalars(Bool.self) == [true, false])
        #expect(try any(Tensor([0], [Bool]())).scalars(Bool.self) == [false])
        #expect(try all(Tensor([0], [Bool]())).scalars(Bool.self) == [true])
    }

    @Test func refusesNumbers() {
        #expect(throws: TensorError.unsupportedDType(operator: "ReduceAny", received: .float32)) {
            try any(Tensor(1))
        }
    }
}
