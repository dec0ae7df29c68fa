import Formats
import Locking
import Telemetry

/// One training over a data set, in the background.
public final class Job: Sendable {
    public let id: String
    let model: String
    let settings: JobSettings
    public let events = JobEvents()
    /// Which life of the job this is: one more after each restart of the server. Numbers of events count from it.
    public let run: Int
    private let time: any TimeSource

    /// Why a job is to end before it is done.
    enum Stop: Error {
        case cancelled
        case shutdown
    }

    private struct State: Sendable {
        var description: JobDescription
        var stop: Stop?
        var reportedAt: UInt64 = 0
        var reportedStep = 0
    }

    private let state: Lock<State>

    init(_ description: JobDescription, _ settings: JobSettings, run: Int, time: any TimeSource) {
        id = description.id
        model = description.model
        self.settings = settings
        self.run = run
        self.time = time
        state = Lock(State(description: description))
        events.add(.status(description), isLast: description.status.isFinal)
    }

    public var description: JobDescription { state.withLock { $0.description } }

    // MARK: Ending early

    /// Asks the job to end at its next step; the first reason counts.
    func requestStop(_ reason: Stop) { state.withLock { $0.stop = $0.stop ?? reason } }

    /// Why it is to end; nil as long as it is not.
    var stop: Stop? { state.withLock { $0.stop } }

    // MARK: Progress

    /// How long there is no report after another, in nanoseconds.
    private static let reportInterval: UInt64 = 100_000_000

    func begin(step: Int) {
        let now = time.now()
        change { state in
            state.description.status = .running
            state.description.startedAt = state.description.startedAt ?? Timestamp.string(time.wallTime())
            state.description.step = step
            (state.reportedAt, state.reportedStep) = (now, step)
            return .status(state.description)
        }
    }

    /// Notes steps; tells of them if the last report is some time ago.
    ///
    /// - Returns: whether it told.
    func progress(step: Int, loss: Double, metrics: [NamedNumber]) -> Bool {
        let now = time.now()
        return change { state in
            state.description.step = step
            state.description.loss = loss
            state.description.metrics = metrics
            guard now - state.reportedAt >= Job.reportInterval else { return nil }
            noteRate(&state, now)
            return .progress(state.description)
        }
    }

    func endEpoch(_ epoch: Int, loss: Double, metrics: [NamedNumber]) {
        let now = time.now()
        change { state in
            state.description.epoch = epoch
            state.description.loss = loss
            state.description.metrics = metrics
            if now > state.reportedAt { noteRate(&state, now) }
            return .epoch(state.description)
        }
    }

    private func noteRate(_ state: inout State, _ now: UInt64) {
        let steps = Double(state.description.step - state.reportedStep)
        state.description.examplesPerSecond =
            steps * Double(settings.batchSize) / (Double(now - state.reportedAt) * 1e-9)
        (state.reportedAt, state.reportedStep) = (now, state.description.step)
    }

    /// - Parameter error: why it failed.
    func finish(_ status: JobDescription.Status, error: String? = nil) {
        change { state in
            state.description.status = status
            state.description.error = error
            state.description.finishedAt = Timestamp.string(time.wallTime())
            return .status(state.description)
        }
    }

    /// Changes what is told of the job, and tells it.
    ///
    /// - Returns: whether there was anything to tell.
    @discardableResult
    private func change(_ body: (inout State) -> JobEvents.Content?) -> Bool {
        let (content, isLast) = state.withLock { state in (body(&state), state.description.status.isFinal) }
        guard let content else { return false }
        events.add(content, isLast: isLast)
        return true
    }
}
