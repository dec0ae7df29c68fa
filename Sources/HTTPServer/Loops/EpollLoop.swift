import CLinux
import Glibc
import Locking
import Synchronization

/// An event loop on a thread of its own, around `epoll_wait`.
final class EpollLoop: EventLoop, @unchecked Sendable {
    // Sendable because what is not a constant or behind a lock (`graveyard`) is touched only by the
    // loop's thread, and `thread` is written once, before the loop is given to anybody.
    let scratch = LoopScratch()
    private let epoll: Int32
    private let wake: Int32
    private let posted = Lock(PostedJobs())
    private let threadIdentity = Atomic<UInt>(0)
    private var thread = pthread_t()
    fileprivate var graveyard: [EpollWatch] = []

    private struct PostedJobs {
        var jobs: [@Sendable () -> Void] = []
        var isWoken = false
        var isStopped = false
    }

    /// Starts the thread.
    init() throws(SocketError) {
        epoll = clinux_epoll_create()
        guard epoll >= 0 else { throw SocketError("epoll_create", errno) }
        wake = clinux_eventfd()
        guard wake >= 0, clinux_epoll_add(epoll, wake, UInt32(CLINUX_READABLE), Self.wakeToken) == 0 else {
            let code = errno
            Glibc.close(epoll)
            throw SocketError("eventfd", code)
        }
        let argument = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, { Unmanaged<EpollLoop>.run($0) }, argument)
        guard code == 0 else {
            Unmanaged<EpollLoop>.fromOpaque(argument).release()
            throw SocketError("pthread_create", code)
        }
    }

    deinit {
        Glibc.close(epoll)
        Glibc.close(wake)
    }

    let losesResets = false

    var isCurrent: Bool {
        threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
    }

    func post(_ job: @escaping @Sendable () -> Void) {
        let wakes = posted.withLock { posted in
            posted.jobs.append(job)
            defer { posted.isWoken = true }
            return !posted.isWoken
        }
        if wakes { clinux_eventfd_wake(wake) }
    }

    func watch(_ descriptor: Int32, for handler: any SocketHandler) -> (any SocketWatch)? {
        let watch = EpollWatch(descriptor, handler, self)
        guard clinux_epoll_add(epoll, descriptor, 0, watch.token) == 0 else { return nil }
        watch.retainForEvents()
        return watch
    }

    /// Ends the thread once it has run what was posted before, and waits for it. Not from the loop itself.
    func stop() {
        post { [posted] in posted.withLock { $0.isStopped = true } }
        pthread_join(thread, nil)
    }

    private static let wakeToken: UInt64 = 0
    private static let eventsMax = 256
}

extension EpollLoop {
    fileprivate func run() {
        threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
        let events = UnsafeMutablePointer<clinux_event>.allocate(capacity: Self.eventsMax)
        defer { events.deallocate() }
        while !posted.withLock({ $0.isStopped }) {
            let count = clinux_epoll_wait(epoll, events, Int32(Self.eventsMax))
            for index in 0..<Int(max(count, 0)) {
                deliver(events[index])
            }
            // Only now may a closed watch be freed: an event of this batch may have named it.
            for watch in graveyard { watch.releaseForEvents() }
            graveyard.removeAll(keepingCapacity: true)
        }
    }

    private func deliver(_ event: clinux_event) {
        guard event.token != Self.wakeToken else {
            runPosted()
            return
        }
        EpollWatch.from(token: event.token)?.ready(Readiness(rawValue: event.events))
    }

    private func runPosted() {
        clinux_eventfd_drain(wake)
        let jobs = posted.withLock { posted in
            posted.isWoken = false
            let jobs = posted.jobs
            posted.jobs = []
            return jobs
        }
        for job in jobs { job() }
    }

    fileprivate func change(_ descriptor: Int32, _ interest: Readiness, _ token: UInt64) {
        _ = clinux_epoll_change(epoll, descriptor, interest.rawValue, token)
    }

    fileprivate func remove(_ descriptor: Int32) {
        _ = clinux_epoll_remove(epoll, descriptor)
    }
}

extension Unmanaged<EpollLoop> {
    fileprivate static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }
}

/// A descriptor in an epoll set; its events carry its address.
final class EpollWatch: SocketWatch, @unchecked Sendable {
    // Sendable because it is touched only on its loop.
    private let descriptor: Int32
    private let loop: EpollLoop
    private var handler: (any SocketHandler)?
    private var interest = Readiness()

    fileprivate init(_ descriptor: Int32, _ handler: any SocketHandler, _ loop: EpollLoop) {
        self.descriptor = descriptor
        self.handler = handler
        self.loop = loop
    }

    func setInterest(_ interest: Readiness) {
        guard interest != self.interest, handler != nil else { return }
        self.interest = interest
        loop.change(descriptor, interest, token)
    }

    func close(after last: @Sendable () -> Void) {
        guard handler != nil else { return }
        handler = nil
        loop.remove(descriptor)
        last()
        Glibc.close(descriptor)
        // All code of the loop runs inside a batch of events, and the batch's end empties the graveyard.
        loop.graveyard.append(self)
    }

    fileprivate var token: UInt64 {
        UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
    }

    fileprivate static func from(token: UInt64) -> EpollWatch? {
        UnsafeRawPointer(bitPattern: UInt(token)).map { Unmanaged<EpollWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate func ready(_ readiness: Readiness) {
        handler?.socketReady(readiness)
    }

    fileprivate func retainForEvents() {
        _ = Unmanaged.passRetained(self)
    }

    fileprivate func releaseForEvents() {
        Unmanaged.passUnretained(self).release()
    }
}
