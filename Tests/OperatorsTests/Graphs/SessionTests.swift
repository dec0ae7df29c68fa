import Locking
import TensorCore
import TestSupport
import Testing

@testable import Operators

struct SessionTests {
    let graph = Graph()

    @Test func anAssignmentRunsWhenItIsFetched() throws {
        let count = Variable(name: "count", initialValue: Tensor(1), in: graph.store)
        let (assign, add, read) = try graph.asDefault {
            (try count.assign(Tensor(10)), try count.assignAdd(Tensor(2)), try count.value)
        }
        let session = Session(graph)
        #expect(try session.run(read).values == [1])
        #expect(try session.run(assign).values == [10])
        #expect(try session.run(add).values == [12])
        #expect(try session.run(add).values == [14])
        #expect(try session.run(read).values == [14])
        #expect(try count.value.values == [14])
    }

    @Test func operationsRunInTheOrderOfTheProgram() throws {
        let count = Variable(name: "count", initialValue: Tensor(1), in: graph.store)
        let (before, assigned, after) = try graph.asDefault { () throws -> (Tensor, Tensor, Tensor) in
            let before = try count.value * 1
            let assigned = try count.assign(before + 5)
            let after = try withControlDependencies(on: [assigned]) { try count.value * 10 }
            return (before, assigned, after)
        }
        #expect(try Session(graph).run([after, before, assigned]).map(\.values) == [[60], [1], [6]])
        // Fetched alone, the last one brings its dependency along.
        #expect(try Session(graph).run(after).values == [110])
    }

    @Test func aGroupRunsAllItsMembers() throws {
        let x = Variable(name: "x", initialValue: Tensor(1), in: graph.store)
        let y = Variable(name: "y", initialValue: Tensor(2), in: graph.store)
        let both = try graph.asDefault { try group([x.assignAdd(Tensor(1)), y.assignSubtract(Tensor(1))]) }
        let version = graph.store.version
        #expect(try Session(graph).run(both).elementCount == 0)
        #expect(try [x.value.values, y.value.values] == [[2], [1]])
        #expect(graph.store.version == version + 1)
    }

    @Test func aRunThatFailsAssignsNothing() throws {
        let x = Variable(name: "x", initialValue: Tensor(1), in: graph.store)
        let places = try graph.placeholder(TensorSpec([1], .int32))
        let fetches = try graph.asDefault {
            [try x.assign(Tensor(9)), try gather(Tensor([2], [1, 2]), places)]
        }
        #expect(throws: TensorError.indexOutOfRange(operator: "Gather", index: 7, limit: 2)) {
            try Session(graph).run(fetches, feeding: [(places, Tensor([1], [Int32(7)]))])
        }
        #expect(try x.value.values == [1])
    }

    @Test func variablesOfSeveralStoresMayMeet() throws {
        let own = Variable(name: "own", initialValue: Tensor(2), in: graph.store)
        let other = Variable(name: "other", initialValue: Tensor(3), in: VariableStore())
        let product = try graph.asDefault { try own.value * other.value }
        #expect(try Session(graph).run(product).values == [6])
    }

    @Test func everyReadingCountsForTheGradient() throws {
        let x = Variable(name: "x", initialValue: Tensor(3), in: graph.store)
        let found = try graph.asDefault { () throws -> Tensor? in
            let first = try x.value
            let second = try withControlDependencies(on: [first]) { try x.value }
            return try gradients(of: first * second, withRespectTo: [x])[0]
        }
        #expect(try Session(graph).run(#require(found)).values == [6])
    }

    @Test func whatIsPrintedIsPrintedOncePerRunThatNeedsIt() throws {
        let lines = Lock<[String]>([])
        let x = try graph.placeholder(TensorSpec([nil]))
        let (loud, silent) = try graph.asDefault {
            (try printing(x * 2, "x: ", to: { line in lines.withLock { $0.append(line) } }) + 1, try x * 3)
        }
        let session = Session(graph)
        _ = try session.run([loud, loud, silent], feeding: [(x, Tensor([2], [1, 2]))])
        _ = try session.run([silent], feeding: [(x, Tensor([2], [1, 2]))])
        #expect(lines.withLock { $0 } == ["x: float32[2] 2.0 4.0"])
    }

    @Test func aFeedOfOneOutputLeavesTheOthers() throws {
        let x = try graph.placeholder(TensorSpec([4]))
        let parts = try graph.asDefault { try split(x, parts: 2) }
        let found = try Session(graph).run(
            parts, feeding: [(x, Tensor([4], [1, 2, 3, 4])), (parts[0], Tensor([2], [9, 9]))])
        #expect(found.map(\.values) == [[9, 9], [3, 4]])
    }

    @Test func refusesTensorsOfOtherGraphs() throws {
        let stranger = try Graph().placeholder(TensorSpec([]))
        #expect(throws: TensorError.graphMismatch(operator: "session")) { try Session(graph).run(stranger) }
        #expect(throws: TensorError.graphMismatch(operator: "feed")) {
            try Session(graph).run(Tensor(1), feeding: [(stranger, Tensor(1))])
        }
        let own = try graph.placeholder(TensorSpec([]))
        #expect(throws: TensorError.graphMismatch(operator: "feed")) {
            try Session(graph).run(own, feeding: [(own, own)])
        }
    }

    @Test func anAssignmentIsRefusedWhereItIsBuilt() throws {
        let x = Variable(name: "x", initialValue: sample([2, 3]), in: graph.store)
        #expect(throws: TensorError.self) { try graph.asDefault { try x.assign(sample([3, 2])) } }
        #expect(throws: TensorError.self) { try graph.asDefault { try x.assignAdd(sample([4, 2, 3])) } }
        #expect(throws: TensorError.self) { try x.assignAdd(widened(sample([2, 3]))) }
    }
}
