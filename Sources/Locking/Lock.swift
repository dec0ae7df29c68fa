import Glibc

/// Guards a value with a mutex: the one lock of the house.
///
/// It is a `pthread_mutex_t`, because the thread sanitizer understands that one and reports false
/// races for `Synchronization.Mutex` (see docs/decisions).
public final class Lock<State>: @unchecked Sendable {
    // Sendable because `state` is only ever reached between lock and unlock of `mutex`. It lies behind a pointer, as
    // the mutex does: a stored property would be checked for exclusive access at every use, which the lock does already.
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline let state: UnsafeMutablePointer<State>

    public init(_ state: sending State) {
        self.state = .allocate(capacity: 1)
        self.state.initialize(to: state)
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1)
        mutex.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Runs `body` alone with the state. Keep it short: everything else that wants the state waits.
    @inlinable
    public func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state.pointee)
    }
}
