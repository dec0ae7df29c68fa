import Locking
import Telemetry

/// All open connections, and the one timer that watches their deadlines.
///
/// A connection writes its deadline into an atomic; nobody sorts. The timer looks over all of them at
/// the earliest deadline it saw, and no later than the shortest timeout after its last look: a deadline
/// set since then cannot lie before that. So each is met exactly, and a request costs one store.
final class ConnectionTable: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var timer: (any ScheduledAction)?
        var nextProbe: UInt64 = 0
        var emptyWaiters: [CheckedContinuation<Void, Never>] = []
        var onRemoval: [@Sendable () -> Void] = []
    }

    private let state = Lock(State())
    private let time: any TimeSource
    private let shortest: UInt64

    init(time: any TimeSource, shortest: UInt64) {
        self.time = time
        self.shortest = max(shortest, Self.granularity)
    }

    var count: Int { state.withLock { $0.connections.count } }

    var all: [Connection] { state.withLock { Array($0.connections.values) } }

    func add(_ connection: Connection) {
        state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            if state.timer == nil { schedule(at: time.now() + shortest, &state) }
        }
    }

    func remove(_ connection: Connection) {
        let (waiters, actions) = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            defer { state.onRemoval = [] }
            guard state.connections.isEmpty else {
                return ([CheckedContinuation<Void, Never>](), state.onRemoval)
            }
            defer { state.emptyWaiters = [] }
            return (state.emptyWaiters, state.onRemoval)
        }
        for action in actions { action() }
        for waiter in waiters { waiter.resume() }
    }

    /// Runs `action` when the next connection is gone.
    func atNextRemoval(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRemoval.append(action) }
    }

    /// Returns once no connection is left.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.connections.isEmpty { state.emptyWaiters.append(continuation) }
                return state.connections.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// The connections that have waited longest for a request, longest first.
    func longestIdle(_ count: Int) -> [Connection] {
        let idle = all.compactMap { connection in connection.idleSince.map { (connection, $0) } }
        return idle.sorted { $0.1 < $1.1 }.prefix(count).map(\.0)
    }

    private static let granularity: UInt64 = 10_000_000

    private func schedule(at deadline: UInt64, _ state: inout State) {
        state.timer = time.schedule(at: deadline) { [weak self] in self?.sweep() }
    }

    private func sweep() {
        let now = time.now()
        let (due, probed) = state.withLock { state in
            state.timer = nil
            guard !state.connections.isEmpty else { return ([Connection](), [Connection]()) }
            var next = now + shortest
            var due: [Connection] = []
            for connection in state.connections.values {
                let deadline = connection.deadline
                if deadline <= now { due.append(connection) } else { next = min(next, deadline) }
            }
            schedule(at: max(next, now + Self.granularity), &state)
            guard now >= state.nextProbe else { return (due, []) }
            state.nextProbe = now + shortest
            return (due, state.connections.values.filter(\.loop.losesResets))
        }
        for connection in due { connection.deadlineReached() }
        for connection in probed { connection.probe() }
    }
}
