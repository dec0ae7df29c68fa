import TensorCore
import TestSupport
import Testing

@testable import Operators

struct DeepGraphTests {
    static let depth = 100_000

    /// A chain far deeper than the stack.
    private func chain(_ x: Tensor) throws -> Tensor {
        var y = x
        for _ in 0..<DeepGraphTests.depth { y = try -y }
        return y
    }

    @Test func runsDifferentiatesAndGoesWithoutTheStack() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([2]))
        var gradient: Tensor? = try graph.asDefault { () throws -> Tensor? in
            try gradients(of: [chain(x)], withRespectTo: [x])[0]
        }
        let session = Session(graph)
        #expect(try session.run(#require(gradient), feeding: [(x, Tensor([2], [1, 2]))]).values == [1, 1])
        gradient = nil
        var end: Tensor? = try graph.asDefault { try chain(x) }
        #expect(try session.run(#require(end), feeding: [(x, Tensor([2], [1, 2]))]).values == [1, 2])
        end = nil
        #expect(graph.operationCount > 3 * DeepGraphTests.depth)
    }

    @Test func becomesAPlan() throws {
        let plan = try Plan(tracing: [TensorSpec([2])], in: VariableStore()) { [try chain($0[0])] }
        #expect(try plan.run([Tensor([2], [1, 2])], on: plan.store.lease())[0].values == [1, 2])
    }

    @Test func isRecordedByATape() throws {
        let x = Tensor([2], [1, 2])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try chain(x) }
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [1, 1])
    }

    /// A ladder of dependencies between operations that share no tensors.
    @Test func goesThroughControlDependenciesToo() throws {
        let graph = Graph()
        var last: Tensor? = try graph.asDefault { () throws -> Tensor in
            var last = try zerosLike(graph.placeholder(TensorSpec([])))
            for _ in 0..<DeepGraphTests.depth { last = try group([last]) }
            return last
        }
        #expect(last?.isSymbolic == true)
        last = nil
    }
}
