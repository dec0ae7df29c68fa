import Testing

@testable import Service

struct JobEventsTests {
    private func checkpoint(_ id: String) -> JobEvents.Content {
        .checkpoint(CheckpointDescription(id: id, step: nil, byteCount: 0, variables: 0, createdAt: ""))
    }

    @Test func whoComesLateGetsEverythingAndWhoComesBackTheRest() async {
        let events = JobEvents()
        for id in ["a", "b", "c"] { events.add(checkpoint(id)) }
        #expect(await events.next(after: 0)?.map(\.number) == [1, 2, 3])
        #expect(await events.next(after: 2)?.map(\.number) == [3])
    }

    @Test func whoWaitsIsToldAndTheEndIsAnEnd() async {
        let events = JobEvents()
        async let first = events.next(after: 0)
        events.add(checkpoint("a"))
        #expect(await first?.map(\.number) == [1])
        async let second = events.next(after: 1)
        events.add(checkpoint("b"), isLast: true)
        #expect(await second?.map(\.number) == [2])
        #expect(await events.next(after: 2) == nil)
    }

    @Test func whoGoesAwayIsNotWaitedFor() async {
        let events = JobEvents()
        let task = Task { await events.next(after: 0) }
        task.cancel()
        #expect(await task.value == nil)
    }

    @Test func whoIsToGoStillGetsWhatThereIs() async {
        let events = JobEvents()
        events.add(checkpoint("a"))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return (await events.next(after: 0), await events.next(after: 1))
        }
        task.cancel()
        let (first, second) = await task.value
        #expect(first?.map(\.number) == [1] && second == nil)
    }

    @Test func onlyTheLastAreKept() async {
        let events = JobEvents()
        for _ in 0..<JobEvents.kept + 10 { events.add(checkpoint("a")) }
        let kept = await events.next(after: 0)
        #expect(kept?.count == JobEvents.kept && kept?.first?.number == 11)
    }
}
