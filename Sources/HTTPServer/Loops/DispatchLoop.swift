import Dispatch
import Glibc
import Locking
import Synchronization

/// An event loop that is a serial queue: one for each connection, on Dispatch's shared threads.
///
/// `target: .global()` keeps the number of threads at that of the cores; without it every busy queue
/// gets a thread of its own.
final class DispatchLoop: EventLoop, @unchecked Sendable {
    // Sendable because `current` is touched only by the block that is running on the serial queue.
    fileprivate let queue: DispatchQueue
    private let pool: ScratchPool
    private let threadIdentity = Atomic<UInt>(0)
    private var current: LoopScratch?

    init(pool: ScratchPool) {
        queue = DispatchQueue(label: "strata.connection", target: .global())
        self.pool = pool
    }

    /// Dispatch sometimes loses the news of a reset that comes while an earlier event is being handled
    /// (its epoll backend forgets the descriptor at a hang-up), and then no event follows.
    let losesResets = true

    var isCurrent: Bool {
        threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    var scratch: LoopScratch {
        if let current { return current }
        let taken = pool.take()
        current = taken
        return taken
    }

    func post(_ job: @escaping @Sendable () -> Void) {
        queue.async { self.run(job) }
    }

    func watch(_ descriptor: Int32, for handler: any SocketHandler) -> (any SocketWatch)? {
        DispatchWatch(descriptor, handler, self)
    }

    /// Every block on the queue goes through here.
    fileprivate func run(_ job: () -> Void) {
        threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
        job()
        threadIdentity.store(0, ordering: .relaxed)
        if let taken = current {
            current = nil
            pool.give(taken)
        }
    }
}

/// Buffers for as many Dispatch loops as run at a time.
final class ScratchPool: Sendable {
    private let free = Lock<[LoopScratch]>([])

    func take() -> LoopScratch {
        free.withLock { $0.popLast() } ?? LoopScratch()
    }

    func give(_ scratch: LoopScratch) {
        free.withLock { $0.append(scratch) }
    }
}

/// A descriptor watched by Dispatch sources.
///
/// Dispatch's rules, each learned the hard way: the descriptor is closed only when both sources have
/// been cancelled; a suspended source is resumed before it is let go; a source with nothing to do is
/// suspended, because it is level-triggered.
final class DispatchWatch: SocketWatch, @unchecked Sendable {
    // Sendable because it is touched only on its loop's serial queue.
    private let descriptor: Int32
    private let loop: DispatchLoop
    private var handler: (any SocketHandler)?
    private var reading: SwitchedSource?
    private var writing: SwitchedSource?

    fileprivate init(_ descriptor: Int32, _ handler: any SocketHandler, _ loop: DispatchLoop) {
        self.descriptor = descriptor
        self.handler = handler
        self.loop = loop
    }

    func setInterest(_ interest: Readiness) {
        guard handler != nil else { return }
        if interest.contains(.readable), reading == nil {
            reading = source(DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: loop.queue), .readable)
        }
        if interest.contains(.writable), writing == nil {
            writing = source(DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: loop.queue), .writable)
        }
        reading?.setActive(interest.contains(.readable))
        writing?.setActive(interest.contains(.writable))
    }

    func close(after last: @escaping @Sendable () -> Void) {
        guard handler != nil else { return }
        handler = nil
        let (descriptor, loop) = (descriptor, loop)
        // Runs when the last cancel handler has let go of it.
        let closing = DispatchGroup()
        for source in [reading, writing].compactMap({ $0 }) {
            closing.enter()
            source.cancel { closing.leave() }
        }
        (reading, writing) = (nil, nil)
        closing.notify(queue: loop.queue) {
            loop.run(last)
            Glibc.close(descriptor)
        }
    }

    private func source(_ source: any DispatchSourceProtocol, _ readiness: Readiness) -> SwitchedSource {
        // The watch is kept by the handler, and the source by the watch: no cycle may keep them all.
        source.setEventHandler { [weak self] in
            guard let self else { return }
            loop.run { self.handler?.socketReady(readiness) }
        }
        return SwitchedSource(source)
    }
}

/// A source that is suspended whenever it is not wanted.
private final class SwitchedSource {
    private let source: any DispatchSourceProtocol
    private let onCancel = Lock<(@Sendable () -> Void)?>(nil)
    private var isActive = false
    private var isActivated = false

    init(_ source: any DispatchSourceProtocol) {
        self.source = source
        // Set before the source is active: one that is set later may come too late.
        source.setCancelHandler { [onCancel] in onCancel.withLock { $0 }?() }
    }

    func setActive(_ active: Bool) {
        guard active != isActive else { return }
        isActive = active
        if !active {
            source.suspend()
        } else if isActivated {
            source.resume()
        } else {
            isActivated = true
            source.activate()
        }
    }

    func cancel(_ cancelled: @escaping @Sendable () -> Void) {
        onCancel.withLock { $0 = cancelled }
        source.cancel()
        // A source that is suspended or was never activated would trap when let go.
        setActive(true)
    }
}
