import TensorCore
import TestSupport
import Testing

@testable import Operators

struct StopGradientTests {
    @Test func isAConstantToTheGradient() throws {
        let x = Tensor(3)
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try stopGradient(x) * x }
        #expect(y.values == [9])
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [3])
    }

    @Test func anIdentityCanBeAskedForItsOwnGradient() throws {
        let x = Tensor(3)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let (copy, y) = try tape.record { () throws -> (Tensor, Tensor) in
            let copy = try identity(x)
            return (copy, try copy * x)
        }
        #expect(try tape.gradient(of: y, withRespectTo: copy)?.values == [3])
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [6])
    }
}
