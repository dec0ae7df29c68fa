import Locking

/// The jobs of one model, one after the other. While there are any, nobody else changes the model's variables.
final class JobLine: VariableHolder {
    /// A job with what it needs.
    struct Work: Sendable {
        let job: Job
        let examples: Examples
        let validation: Examples?
        let record: JobRecord
    }

    private let model: Model
    /// What is to be done once a job no longer has the model.
    typealias Finish = @Sendable () async -> Void

    private let perform: @Sendable (Work, Model) async -> Finish
    private let ended: @Sendable (JobLine) -> Void

    private struct State: Sendable {
        var waiting: [Work] = []
        var current: Job?
        var isOver = false
        var task: Task<Void, Never>?
    }

    private let state = Lock(State())

    /// - Parameters:
    ///   - ended: is told when the last job is over and the model is free.
    ///   - perform: runs a job to its end; what it returns says so to the world. A client that sees that a job is over may
    ///     change the model at once, so that comes last.
    init(
        _ model: Model, ended: @escaping @Sendable (JobLine) -> Void,
        _ perform: @escaping @Sendable (Work, Model) async -> Finish
    ) {
        self.model = model
        self.ended = ended
        self.perform = perform
    }

    /// The job that has the model now.
    var id: String { state.withLock { $0.current?.id ?? $0.waiting.first?.job.id ?? "" } }

    /// How many jobs are not over.
    var count: Int { state.withLock { $0.waiting.count + ($0.current == nil ? 0 : 1) } }

    /// Puts a job at the end; false when the line has come to its end, and a new one is needed.
    func add(_ work: Work) -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.waiting.append(work)
            return true
        }
    }

    /// Begins with the first job; the model is reserved already.
    func start() {
        let task = Task { await run() }
        state.withLock { $0.task = task }
    }

    private func run() async {
        while let work = next() {
            let finish = await perform(work, model)
            if isLast() {
                await model.core.release(self)
                ended(self)
            }
            await finish()
        }
    }

    private func next() -> Work? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let work = state.waiting.removeFirst()
            state.current = work.job
            return work
        }
    }

    /// Whether no job waits; then none can be added any more.
    private func isLast() -> Bool {
        state.withLock { state in
            state.current = nil
            state.isOver = state.waiting.isEmpty
            return state.isOver
        }
    }

    /// Takes a job out of the line that has not begun; nil when it has, or is not there.
    func withdraw(_ job: Job) -> Work? {
        state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0.job === job }) else { return nil }
            return state.waiting.remove(at: place)
        }
    }

    /// Ends all jobs of the line; returns when the model is free.
    func stop() async { await stop(.cancelled) }

    func stop(_ reason: Job.Stop) async {
        let jobs = state.withLock { state in state.waiting.map(\.job) + (state.current.map { [$0] } ?? []) }
        for job in jobs { job.requestStop(reason) }
        await end()
    }

    /// Returns when the last job is over and the model is free.
    func end() async { await state.withLock { $0.task }?.value }
}
