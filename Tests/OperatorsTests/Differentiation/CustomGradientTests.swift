import TensorCore
import TestSupport
import Testing

@testable import Operators

struct CustomGradientTests {
    /// ln(1 + eˣ), whose own gradient is NaN for large x.
    let log1pExp = customGradient { (x: Tensor) in
        let e = try exp(x)
        return (try log(e + 1), { dy in try dy * (1 - 1 / (e + 1)) })
    }

    @Test func takesThePlaceOfTheOperatorsGradient() throws {
        let x = Tensor([2], [0, 100])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try log1pExp(x) }
        #expect(y.values[1] == .infinity)
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [0.5, 1])
    }

    @Test func differentiatesAgain() throws {
        let x = Tensor([1], [0.3])
        let error = try gradientError(at: x) { x in
            let tape = GradientTape()
            tape.watch(x)
            let y = try tape.record {
                try customGradient { (x: Tensor) in
                    (try square(x), { dy in try dy * x * 2 })
                }(x)
            }
            return try #require(try tape.gradient(of: y, withRespectTo: x))
        }
        #expect(error < 1e-8)
    }

    @Test func worksInAGraphAndInAPlan() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil]))
        let dx = try graph.asDefault { () throws -> Tensor? in
            try gradients(of: [log1pExp(x)], withRespectTo: [x])[0]
        }
        #expect(try Session(graph).run(#require(dx), feeding: [(x, Tensor([2], [0, 100]))]).values == [0.5, 1])
        let plan = try Plan(tracing: [TensorSpec([nil])], in: VariableStore()) { inputs in
            try [gradients(of: [log1pExp(inputs[0])], withRespectTo: inputs)[0]].compactMap { $0 }
        }
        #expect(try plan.run([Tensor([1], [100])], on: plan.store.lease())[0].values == [1])
    }

    @Test func hasSeveralArgumentsAndResults() throws {
        let swap = customGradient { (x: [Tensor]) in ([x[1], x[0]], { [$0[1], $0[0]] }) }
        let (x, y) = (Tensor(2), Tensor(3))
        let tape = GradientTape()
        tape.watch([x, y])
        let z = try tape.record { try swap([x, y]) }
        #expect(z.map(\.values) == [[3], [2]])
        let found = try tape.gradient(of: z, withRespectTo: [x, y], outputGradients: [Tensor(10), Tensor(20)])
        #expect(found.map { $0?.values } == [[20], [10]])
    }

    @Test func refusesTheWrongNumberOfGradients() throws {
        let broken = customGradient { (x: [Tensor]) in ([x[0]], { _ in [] }) }
        let x = Tensor(1)
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try broken([x])[0] }
        #expect(
            throws: TensorError.invalidArgument(operator: "CustomGradient", message: "0 gradients for 1 arguments")
        ) { try tape.gradient(of: y, withRespectTo: x) }
    }

    @Test func passesAnErrorOfTheFunctionOn() throws {
        struct Oops: Error {}
        let broken = customGradient { (x: Tensor) in (x, { _ in throw Oops() }) }
        let x = Tensor(1)
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try broken(x) }
        #expect(throws: TensorError.invalidArgument(operator: "CustomGradient", message: "Oops()")) {
            try tape.gradient(of: y, withRespectTo: x)
        }
    }
}
