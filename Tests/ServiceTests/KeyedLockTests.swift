import Locking
import Testing

@testable import Service

struct KeyedLockTests {
    @Test func oneTaskAtATimeWorksOnAKey() async {
        let keyed = KeyedLock()
        let inside = Lock(0)
        let most = Lock(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await keyed.withKey("a") {
                        let now = inside.withLock {
                            $0 += 1
                            return $0
                        }
                        most.withLock { $0 = max($0, now) }
                        await Task.yield()
                        inside.withLock { $0 -= 1 }
                    }
                }
            }
        }
        #expect(most.withLock { $0 } == 1)
    }

    @Test func keysDoNotWaitForEachOther() async {
        let keyed = KeyedLock()
        await keyed.withKey("a") {
            await keyed.withKey("b") {}
        }
    }

    @Test func aFailureLetsTheNextOneIn() async {
        struct Failure: Error {}
        let keyed = KeyedLock()
        await #expect(throws: Failure.self) { try await keyed.withKey("a") { throw Failure() } }
        await keyed.withKey("a") {}
    }
}
