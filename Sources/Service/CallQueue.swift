import Dispatch
import Locking
import Operators
import Telemetry
import TensorCore

/// The calls of one model that wait for a thread of the pool. Those that can share a run do.
///
/// As many runs go on at once as the pool has threads; while they do, later calls gather, and the next run takes all that
/// fit together. So batches grow with the load and nobody waits when there is none.
final class CallQueue: Sendable {
    private let model: String
    private let limit: Int
    private let store: VariableStore
    private let metrics: ModelMetrics
    private let state = Lock(State())

    private struct State {
        var waiting: [Entry] = []
        var running = 0
        /// Whether a run is due once the delay of the first waiting call is over.
        var isDelayed = false
    }

    /// One waiting call.
    private final class Entry: @unchecked Sendable {
        // Sendable because what changes is only touched under the queue's lock.
        let plan: CallPlan
        let inputs: [Tensor]
        let rows: Int
        let canShare: Bool
        let queuedAt: UInt64
        var continuation: CheckedContinuation<CallResult, any Error>?
        /// The caller went away, perhaps before the call was queued.
        var isAbandoned = false

        init(_ plan: CallPlan, _ inputs: [Tensor], rows: Int, canShare: Bool, queuedAt: UInt64) {
            self.queuedAt = queuedAt
            self.plan = plan
            self.inputs = inputs
            self.rows = rows
            self.canShare = canShare
        }
    }

    init(model: String, limit: Int, store: VariableStore, metrics: ModelMetrics = ModelMetrics(time: SystemTime())) {
        self.metrics = metrics
        self.model = model
        self.limit = limit
        self.store = store
    }

    /// Calls that wait for a thread.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs a call on the pool, alone or with others.
    ///
    /// - Throws: `ServiceError.overloaded` when too many wait already; `CancellationError` when the caller went away.
    func call(_ plan: CallPlan, _ inputs: [Tensor], rows: Int, _ batching: Batching) async throws -> CallResult {
        let entry = Entry(
            plan, inputs, rows: rows, canShare: plan.canShare && rows < batching.examplesMax,
            queuedAt: metrics.time.now())
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(entry, continuation, batching)
            }
        } onCancel: {
            abandon(entry)
        }
    }

    private func enqueue(
        _ entry: Entry, _ continuation: CheckedContinuation<CallResult, any Error>, _ batching: Batching
    ) {
        enum Outcome { case refused, abandoned, waits, starts, startsLater }
        let outcome = state.withLock { state -> Outcome in
            guard !entry.isAbandoned else { return .abandoned }
            guard state.waiting.count < limit else { return .refused }
            entry.continuation = continuation
            state.waiting.append(entry)
            guard state.running < ComputePool.shared.threads else { return .waits }
            if entry.canShare && batching.delayMilliseconds > 0 && !isFull(state, batching) {
                guard !state.isDelayed else { return .waits }
                state.isDelayed = true
                return .startsLater
            }
            state.running += 1
            return .starts
        }
        switch outcome {
        case .refused: continuation.resume(throwing: ServiceError.overloaded(model: model, limit: limit))
        case .abandoned: continuation.resume(throwing: CancellationError())
        case .waits: break
        case .starts: ComputePool.shared.start { self.work(batching) }
        case .startsLater:
            ComputePool.shared.start(afterMilliseconds: batching.delayMilliseconds) {
                self.state.withLock { state in
                    state.isDelayed = false
                    state.running += 1
                }
                self.work(batching)
            }
        }
    }

    private func isFull(_ state: State, _ batching: Batching) -> Bool {
        state.waiting.reduce(0) { $0 + $1.rows } >= batching.examplesMax
    }

    private func abandon(_ entry: Entry) {
        let continuation = state.withLock { state in
            entry.isAbandoned = true
            state.waiting.removeAll { $0 === entry }
            defer { entry.continuation = nil }
            return entry.continuation
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Runs batches until nobody waits.
    private func work(_ batching: Batching) {
        while let batch = nextBatch(batching) { run(batch) }
    }

    /// Takes the first waiting call and all that may share its run; nil when there is none, which ends this worker.
    private func nextBatch(_ batching: Batching) -> [Entry]? {
        state.withLock { state in
            guard let first = state.waiting.first else {
                state.running -= 1
                return nil
            }
            guard first.canShare else { return [state.waiting.removeFirst()] }
            var rows = 0
            var batch: [Entry] = []
            var rest: [Entry] = []
            for entry in state.waiting {
                if entry.canShare, entry.plan === first.plan, rows + entry.rows <= batching.examplesMax {
                    batch.append(entry)
                    rows += entry.rows
                } else {
                    rest.append(entry)
                }
            }
            state.waiting = rest
            return batch
        }
    }

    private func run(_ batch: [Entry]) {
        let now = metrics.time.now()
        for entry in batch { metrics.waited(now &- entry.queuedAt) }
        guard batch.count > 1 else { return finish(batch[0], Result { try runAlone(batch[0]) }) }
        let results: [CallResult]
        do {
            results = try runTogether(batch)
        } catch {
            // One bad call spoils no other: each is run alone and gets its own answer.
            for entry in batch { finish(entry, Result { try runAlone(entry) }) }
            return
        }
        for (entry, result) in zip(batch, results) { finish(entry, .success(result)) }
    }

    private func runAlone(_ entry: Entry) throws -> CallResult {
        try entry.plan.run(entry.inputs, on: store, rows: entry.rows, calls: 1, metrics)
    }

    /// One run over the rows of all; each gets its own rows of the outputs, without a copy.
    private func runTogether(_ batch: [Entry]) throws -> [CallResult] {
        let plan = batch[0].plan
        let rows = batch.reduce(0) { $0 + $1.rows }
        let inputs = try batch[0].inputs.indices.map { place in
            try Tensor.joiningRows(batch.map { $0.inputs[place] })
        }
        let result = try plan.run(inputs, on: store, rows: rows, calls: batch.count, metrics)
        var start = 0
        return batch.map { entry in
            defer { start += entry.rows }
            return CallResult(
                outputs: result.outputs.map { $0.rows(start..<start + entry.rows) }, step: result.step,
                version: result.version)
        }
    }

    private func finish(_ entry: Entry, _ result: Result<CallResult, any Error>) {
        let continuation = state.withLock { _ in
            defer { entry.continuation = nil }
            return entry.continuation
        }
        continuation?.resume(with: result)
    }
}

extension Tensor {
    /// Tensors one below the other; all but their first extents are equal.
    static func joiningRows(_ parts: [Tensor]) throws(TensorError) -> Tensor {
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        guard rows <= Shape.extentMax else { throw .shapeTooLarge(extents: [rows]) }
        let whole = try Tensor(uninitialized: parts[0].spec.with(parts[0].shape.replacing(0, with: rows)))
        var offset = 0
        for part in parts {
            (whole.buffer.pointer + offset).copyMemory(from: part.pointer, byteCount: part.spec.byteCount)
            offset += part.spec.byteCount
        }
        withExtendedLifetime((whole, parts)) {}
        return whole
    }

    /// Some rows of it, sharing its memory.
    func rows(_ range: Range<Int>) -> Tensor {
        let rowElements = shape.dropFirst().elementCount
        return slice(from: range.lowerBound * rowElements, as: shape.replacing(0, with: range.count))
    }
}
