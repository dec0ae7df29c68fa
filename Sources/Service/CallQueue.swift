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

    /// Gets the result of a call, once.
    typealias Deliver = @Sendable (Result<CallResult, any Error>) -> Void

    private struct State {
        var waiting: [Entry] = []
        var running = 0
        /// Whether a run is due once the delay of the first waiting call is over.
        var isDelayed = false

        /// Examples that wait.
        var rows: Int { waiting.reduce(0) { $0 + $1.rows } }
    }

    /// One waiting call.
    private final class Entry: @unchecked Sendable {
        // Sendable because what changes is only touched under the queue's lock.
        let plan: CallPlan
        let inputs: [Tensor]
        let rows: Int
        let canShare: Bool
        let queuedAt: UInt64
        var deliver: Deliver?
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
        let entry = entry(plan, inputs, rows: rows, batching)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(entry, batching) { continuation.resume(with: $0) }
            }
        } onCancel: {
            abandon(entry)
        }
    }

    /// The same without a task: `deliver` gets the result, on whatever thread, perhaps before this returns.
    ///
    /// - Returns: what makes the caller leave.
    func start(
        _ plan: CallPlan, _ inputs: [Tensor], rows: Int, _ batching: Batching, _ deliver: @escaping Deliver
    ) -> @Sendable () -> Void {
        let entry = entry(plan, inputs, rows: rows, batching)
        enqueue(entry, batching, deliver)
        return { [self] in abandon(entry) }
    }

    private func entry(_ plan: CallPlan, _ inputs: [Tensor], rows: Int, _ batching: Batching) -> Entry {
        Entry(
            plan, inputs, rows: rows, canShare: plan.canShare && rows < batching.examplesMax,
            queuedAt: metrics.time.now())
    }

    private func enqueue(_ entry: Entry, _ batching: Batching, _ deliver: @escaping Deliver) {
        enum Outcome { case refused, abandoned, waits, starts, startsLater }
        let outcome = state.withLock { state -> Outcome in
            guard !entry.isAbandoned else { return .abandoned }
            guard state.waiting.count < limit else { return .refused }
            entry.deliver = deliver
            state.waiting.append(entry)
            guard state.running < ComputePool.shared.threads, !gathers(entry, state, batching) else { return .waits }
            if entry.canShare && batching.delayMilliseconds > 0 && !isFull(state, batching) {
                guard !state.isDelayed else { return .waits }
                state.isDelayed = true
                return .startsLater
            }
            state.running += 1
            return .starts
        }
        switch outcome {
        case .refused: deliver(.failure(ServiceError.overloaded(model: model, limit: limit)))
        case .abandoned: deliver(.failure(CancellationError()))
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

    private func isFull(_ state: State, _ batching: Batching) -> Bool { state.rows >= batching.examplesMax }

    /// Whether a call does best to wait for the run that is going on, and then to share the next one: that is so while runs
    /// are short, because a batch costs little more than one of its rows, and a second thread a core that others need.
    private func gathers(_ entry: Entry, _ state: State, _ batching: Batching) -> Bool {
        guard state.running > 0, entry.canShare, !isFull(state, batching) else { return false }
        return entry.plan.times.nanoseconds(rows: entry.rows).map { $0 < CallQueue.shortNanoseconds } ?? false
    }

    /// A run of less than this is worth waiting for: twenty times what a thread needs to begin one.
    private static let shortNanoseconds: UInt64 = 1_000_000

    private func abandon(_ entry: Entry) {
        let deliver = state.withLock { state in
            entry.isAbandoned = true
            state.waiting.removeAll { $0 === entry }
            defer { entry.deliver = nil }
            return entry.deliver
        }
        deliver?(.failure(CancellationError()))
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
        let deliver = state.withLock { _ in
            defer { entry.deliver = nil }
            return entry.deliver
        }
        deliver?(result)
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
