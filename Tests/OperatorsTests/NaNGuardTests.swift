import Locking
import TensorCore
import Testing

@testable import Operators

struct NaNGuardTests {
    let x = Tensor([2], [1, 0])

    @Test func ignoresUnlessItIsTold() throws {
        #expect(try (1 / x).values == [1, .infinity])
    }

    @Test func raisesAtTheOperatorThatBrokeIt() {
        #expect(throws: TensorError.notFinite(operator: "Reciprocal")) {
            try withNaNGuard(.raise) { try exp(reciprocal(x)) }
        }
        #expect(throws: TensorError.notFinite(operator: "Divide")) { try withNaNGuard(.raise) { try x / x } }
        #expect(throws: TensorError.notFinite(operator: "Concatenate")) {
            try withNaNGuard(.raise) { try concatenate([x, Tensor([1], [.nan])]) }
        }
        #expect(throws: TensorError.notFinite(operator: "Cast")) {
            try withNaNGuard(.raise) { try cast(Tensor(1e30), to: .float16) }
        }
    }

    @Test func warnsAndGoesOn() throws {
        let seen = Lock<[TensorError]>([])
        let y = try withNaNGuard(.warn { error in seen.withLock { $0.append(error) } }) {
            try relu(log(x)) + 1
        }
        #expect(y.values == [1, 1])
        #expect(seen.withLock { $0 } == [.notFinite(operator: "Logarithm")])
    }

    @Test func anInnerSettingWins() throws {
        let inner = try withNaNGuard(.raise) { try withNaNGuard(.ignore) { try log(x) } }
        #expect(inner.values == [0, -.infinity])
    }

    @Test func looksAtGradientsToo() throws {
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try sqrt(x) }
        #expect(throws: TensorError.notFinite(operator: "Divide")) {
            try withNaNGuard(.raise) { try tape.gradient(of: y, withRespectTo: x) }
        }
    }

    @Test func leavesGraphsAndWholeNumbersAlone() throws {
        let (symbolic, whole) = try withNaNGuard(.raise) { () throws -> (Tensor, Tensor) in
            let graph = Graph()
            let y = try graph.asDefault { try log(x) }
            return (try Session(graph).run(y), try cast(Tensor([1], [1]), to: .int32))
        }
        #expect(symbolic.values == [0, -.infinity])
        #expect(whole.scalars(Int32.self) == [1])
    }

    /// The process's setting is everybody's, so this test only listens.
    @Test func theProcessHasASettingOfItsOwn() throws {
        let seen = Lock(0)
        let before = setNaNGuard(
            .warn { error in if error == .notFinite(operator: "AreaHyperbolicTangent") { seen.withLock { $0 += 1 } } })
        _ = try atanh(Tensor(2))
        _ = try withControlDependencies(on: []) { try atanh(Tensor(2)) }
        setNaNGuard(before)
        #expect(seen.withLock { $0 } >= 2)
    }
}
