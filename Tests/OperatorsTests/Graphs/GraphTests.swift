import TensorCore
import TestSupport
import Testing

@testable import Operators

struct GraphTests {
    @Test func oneBodyGivesTheSameNumbersEagerlyAndInAGraph() throws {
        let inputs = [sample([4, 3]), sample([3, 2]), sample([2])]
        func body(_ x: [Tensor]) throws -> Tensor { try softmax(relu(matmul(x[0], x[1]) + x[2])) }
        // The last two have a known first extent in the eager run only.
        #expect(try resultInGraph(of: inputs, body).values == body(inputs).values)
    }

    @Test func runsOnlyWhatTheFetchesNeed() throws {
        let graph = Graph()
        let fed = try graph.placeholder(TensorSpec([nil]))
        let unfed = try graph.placeholder(TensorSpec([nil]))
        let (needed, other) = try graph.asDefault { (try fed * 2, try unfed * 2) }
        let session = Session(graph)
        #expect(try session.run(needed, feeding: [(fed, Tensor([1], [4]))]).values == [8])
        #expect(throws: TensorError.self) { try session.run(other, feeding: [(fed, Tensor([1], [4]))]) }
    }

    @Test func aFeedMayStandForAnyTensor() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([]))
        let middle = try graph.asDefault { try x * 2 }
        let end = try graph.asDefault { try middle + 1 }
        #expect(try Session(graph).run(end, feeding: [(middle, Tensor(10))]).values == [11])
    }

    @Test func readsVariablesAtTheTimeOfTheRun() throws {
        let graph = Graph()
        let weight = Variable(name: "w", initialValue: Tensor(2), in: graph.store)
        let doubled = try graph.asDefault { try weight.value * 2 }
        let session = Session(graph)
        #expect(try session.run(doubled).values == [4])
        try weight.assign(Tensor(5))
        #expect(try session.run(doubled).values == [10])
    }

    @Test func differentiatesSymbolically() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 2]))
        let weight = Variable(name: "w", initialValue: Tensor([2, 1], [1, -1]), in: graph.store)
        let loss = try graph.asDefault { try sum(tanh(matmul(x, weight.value))) }
        let found = try graph.asDefault { try gradients(of: loss, withRespectTo: [weight])[0] }
        let gradient = try #require(found)
        let input = sample([3, 2])

        let tape = GradientTape()
        let eager = try tape.record { try sum(tanh(matmul(input, weight.value))) }
        #expect(
            try Session(graph).run(gradient, feeding: [(x, input)]).values
                == tape.gradient(of: eager, withRespectTo: [weight])[0]?.values)
    }

    @Test func differentiatesTwiceSymbolically() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([]))
        let second = try graph.asDefault { () throws -> Tensor? in
            let cube = try x * x * x
            guard let first = try gradients(of: [cube], withRespectTo: [x])[0] else { return nil }
            return try gradients(of: [first], withRespectTo: [x])[0]
        }
        #expect(try Session(graph).run(#require(second), feeding: [(x, Tensor(3))]).values == [18])
    }

    @Test func unknownExtentsKeepTheirNamesThroughElementwiseOperators() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 2]))
        let y = try graph.asDefault { try relu(x * 2) + Tensor([2], [1, 2]) }
        #expect(y.shape == x.shape)
        // So a sum down to an equal shape is no operation at all.
        #expect(try sumLike(y, x).id == y.id)
    }

    @Test func tensorsOfTwoGraphsDoNotMix() throws {
        let (one, other) = (Graph(), Graph())
        let x = try one.placeholder(TensorSpec([]))
        let y = try other.placeholder(TensorSpec([]))
        #expect(throws: TensorError.graphMismatch(operator: "Add")) { try x + y }
    }

    @Test func refusesFeedsThatDoNotFit() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 8]))
        let y = try graph.asDefault { try x * 2 }
        #expect(throws: TensorError.self) { try Session(graph).run(y, feeding: [(x, sample([2, 7]))]) }
        #expect(throws: TensorError.self) { try Session(graph).run(y, feeding: [(x, widened(sample([1, 8])))]) }
    }
}
