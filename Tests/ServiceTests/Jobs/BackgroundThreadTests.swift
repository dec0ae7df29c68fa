import Locking
import Testing

@testable import Service

struct BackgroundThreadTests {
    private struct Failure: Error {}

    @Test func workIsDoneInOrderAndItsResultsComeBack() async throws {
        let thread = BackgroundThread()
        let seen = Lock<[Int]>([])
        for number in 0..<20 {
            let result = try await thread.run {
                seen.withLock { $0.append(number) }
                return number * 2
            }
            #expect(result == number * 2)
        }
        #expect(seen.withLock { $0 } == Array(0..<20))
        await #expect(throws: Failure.self) { try await thread.run { throw Failure() } }
    }
}
