import Dispatch
import Locking
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Service

struct CallQueueTests {
    let store = VariableStore()
    let key = CallPlan.Key([TensorSpec([1, 2])], training: false, isExact: false)

    /// Doubles its input; keeps count of the rows of each run.
    struct Doubling: UnaryOperator {
        let runs: Lock<[Int]>

        func outputSpec(_ x: TensorSpec) -> TensorSpec { x }
        func forward(_ x: Tensor, into y: inout TensorBuffer) {
            runs.withLock { $0.append(x.shape[0]) }
            UnaryKernel.affine.run(x, into: &y, 2, 0)
        }
        func gradient(x: Tensor, y: Tensor, dy: Tensor) -> Tensor { dy }
    }

    func plan(_ runs: Lock<[Int]>) throws -> CallPlan {
        let plan = try Plan(tracing: [TensorSpec([nil, 2])], in: store) { [try apply(Doubling(runs: runs), to: $0[0])] }
        return CallPlan(plan, key, treatsExamplesAlone: true)
    }

    @Test func everyCallGetsItsOwnRowsBack() async throws {
        let runs = Lock<[Int]>([])
        let plan = try plan(runs)
        let queue = CallQueue(model: "net", limit: 1000, store: store)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let rows = 1 + number % 3
                    let input = Tensor([rows, 2], Array(repeating: Float(number), count: rows * 2))
                    let output = try await queue.call(plan, [input], rows: rows, Batching()).outputs[0]
                    return output.shape == input.shape && output.values.allSatisfy { $0 == Float(2 * number) }
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        let sizes = runs.withLock { $0 }
        let sent: Int = (0..<200).map { 1 + $0 % 3 }.reduce(0, +)
        #expect(sizes.reduce(0, +) == sent)
        #expect(sizes.max() ?? 0 <= Batching().examplesMax)
    }

    @Test func aDelayGathersCallsIntoOneRun() async throws {
        let runs = Lock<[Int]>([])
        let plan = try plan(runs)
        let queue = CallQueue(model: "net", limit: 1000, store: store)
        var batching = Batching()
        batching.examplesMax = 8
        // Far longer than the test runs: only a full batch starts early.
        batching.delayMilliseconds = 10_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [batching] in _ = try await queue.call(plan, [sample([1, 2])], rows: 1, batching) }
            }
            try await group.waitForAll()
        }
        #expect(runs.withLock { $0 } == [8])
    }

    /// While runs are short, one goes on at a time, and whoever comes meanwhile shares the next.
    @Test func shortRunsGatherThoseWhoComeMeanwhile() async throws {
        let (runs, results) = (Lock<[Int]>([]), Lock<[Float]>([]))
        let (begun, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        struct Held: UnaryOperator {
            let begin: @Sendable (Int) -> Void
            func outputSpec(_ x: TensorSpec) -> TensorSpec { x }
            func forward(_ x: Tensor, into y: inout TensorBuffer) {
                begin(x.shape[0])
                UnaryKernel.affine.run(x, into: &y, 2, 0)
            }
            func gradient(x: Tensor, y: Tensor, dy: Tensor) -> Tensor { dy }
        }
        let held = Held { rows in
            runs.withLock { $0.append(rows) }
            begun.signal()
            mayEnd.wait()
        }
        let traced = try Plan(tracing: [TensorSpec([nil, 2])], in: store) { [try apply(held, to: $0[0])] }
        let plan = CallPlan(traced, key, treatsExamplesAlone: true)
        plan.times.note(nanoseconds: 100_000, rows: 1)
        let queue = CallQueue(model: "net", limit: 10, store: store)
        let done = DispatchSemaphore(value: 0)
        let call: @Sendable (Float) -> Void = { value in
            _ = queue.start(plan, [Tensor([1, 2], [value, value])], rows: 1, Batching()) { result in
                results.withLock { $0 += (try? result.get().outputs[0].values) ?? [] }
                done.signal()
            }
        }
        // On a thread that may wait.
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "test").async {
                call(1)
                begun.wait()
                for value in [2, 3, 4] as [Float] { call(value) }
                mayEnd.signal()
                begun.wait()
                mayEnd.signal()
                for _ in 0..<4 { done.wait() }
                continuation.resume()
            }
        }
        #expect(runs.withLock { $0 } == [1, 3])
        #expect(results.withLock { $0 } == [2, 2, 4, 4, 6, 6, 8, 8])
    }

    @Test func isQuickOnlyForWhatIsKnownToBe() throws {
        let plan = try plan(Lock([]))
        #expect(!plan.isQuick(rows: 1))
        plan.times.note(nanoseconds: 5_000, rows: 1)
        #expect(plan.isQuick(rows: 1) && !plan.isQuick(rows: 10))
    }

    @Test func isQuickNoMoreAfterTwoRunsOfWholeSeconds() throws {
        let plan = try plan(Lock([]))
        plan.times.note(nanoseconds: 5_000, rows: 1)
        for _ in 0..<2 { plan.times.note(nanoseconds: 3_000_005_000, rows: 1) }
        #expect(!plan.isQuick(rows: 1))
    }

    @Test func moreCallsThanMayWaitAreRefused() async throws {
        let queue = CallQueue(model: "net", limit: 0, store: store)
        let plan = try plan(Lock([]))
        await #expect(throws: ServiceError.overloaded(model: "net", limit: 0)) {
            try await queue.call(plan, [sample([1, 2])], rows: 1, Batching())
        }
    }

    @Test func aCallerWhoLeavesIsCancelled() async throws {
        let runs = Lock<[Int]>([])
        let plan = try plan(runs)
        let queue = CallQueue(model: "net", limit: 10, store: store)
        var batching = Batching()
        batching.delayMilliseconds = 10_000
        let leaving = Task { [batching] in try await queue.call(plan, [sample([1, 2])], rows: 1, batching) }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        #expect(runs.withLock { $0.isEmpty })
    }

    @Test func aCallThatFailsSpoilsNoOther() async throws {
        /// Fails for a negative number anywhere in its input.
        struct Touchy: UnaryOperator {
            func outputSpec(_ x: TensorSpec) -> TensorSpec { x }
            func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
                guard x.values.allSatisfy({ $0 >= 0 }) else {
                    throw .invalidArgument(operator: "touchy", message: "negative")
                }
                UnaryKernel.affine.run(x, into: &y, 1, 0)
            }
            func gradient(x: Tensor, y: Tensor, dy: Tensor) -> Tensor { dy }
        }
        let traced = try Plan(tracing: [TensorSpec([nil, 2])], in: store) { [try apply(Touchy(), to: $0[0])] }
        let plan = CallPlan(traced, key, treatsExamplesAlone: true)
        let queue = CallQueue(model: "net", limit: 10, store: store)
        var batching = Batching()
        batching.examplesMax = 3
        batching.delayMilliseconds = 10_000
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<3 {
                group.addTask { [batching] in
                    let value: Float = number == 1 ? -1 : 1
                    let result = try? await queue.call(plan, [Tensor([1, 2], [value, value])], rows: 1, batching)
                    return (number, result != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes == [0: true, 1: false, 2: true])
    }
}
