import Formats
import Locking
import Testing

@testable import Service

struct IdempotencyLedgerTests {
    private func outcome(_ step: Int64) -> TrainingOutcome {
        TrainingOutcome(
            step: step, version: UInt64(step) + 1, loss: .infinity,
            metrics: [NamedNumber(name: "mae", value: 0.5), NamedNumber(name: "x", value: .nan)])
    }

    @Test func aRepeatGetsTheFirstAnswerAndIsNotApplied() async throws {
        let ledger = IdempotencyLedger()
        let first = try await ledger.once("k", fingerprint: "a") { outcome(1) }
        let second = try await ledger.once("k", fingerprint: "a") { outcome(2) }
        #expect(!first.isRepeat && second.isRepeat)
        #expect(second.outcome.step == 1)
    }

    @Test func theSameKeyWithAnotherBodyIsRefused() async throws {
        let ledger = IdempotencyLedger()
        _ = try await ledger.once("k", fingerprint: "a") { outcome(1) }
        await #expect(throws: ServiceError.unfit("the idempotency key 'k' was used before, with another body")) {
            try await ledger.once("k", fingerprint: "b") { outcome(2) }
        }
    }

    @Test func aRepeatWhileTheFirstRunsIsAConflict() async throws {
        let ledger = IdempotencyLedger()
        _ = try await ledger.once("k", fingerprint: "a") {
            await #expect(
                throws: ServiceError.conflict("the first request with the idempotency key 'k' is still running")
            ) {
                try await ledger.once("k", fingerprint: "a") { outcome(2) }
            }
            return outcome(1)
        }
    }

    @Test func aRequestThatFailedMayComeAgain() async throws {
        let ledger = IdempotencyLedger()
        await #expect(throws: ServiceError.stopping) {
            try await ledger.once("k", fingerprint: "a") { throw ServiceError.stopping }
        }
        #expect(try await ledger.once("k", fingerprint: "b") { outcome(1) }.outcome.step == 1)
    }

    @Test func keysAreKeptForTenThousandSteps() async throws {
        let ledger = IdempotencyLedger()
        _ = try await ledger.once("old", fingerprint: "a") { outcome(1) }
        _ = try await ledger.once("new", fingerprint: "a") { outcome(10_000) }
        #expect(try await ledger.once("old", fingerprint: "a") { outcome(9) }.isRepeat)
        _ = try await ledger.once("newer", fingerprint: "a") { outcome(10_001) }
        #expect(try await !ledger.once("old", fingerprint: "a") { outcome(10_002) }.isRepeat)
        #expect(try await ledger.once("new", fingerprint: "a") { outcome(9) }.isRepeat)
    }

    @Test func aRestartKnowsWhatItsCheckpointHoldsAndNoMore() async throws {
        let ledger = IdempotencyLedger()
        for step in 1...3 { _ = try await ledger.once("\(step)", fingerprint: "a") { outcome(Int64(step)) } }
        let restarted = IdempotencyLedger()
        restarted.restore(try JSONValue(parsing: ledger.json.bytes), step: 2)
        let known = try await restarted.once("2", fingerprint: "a") { outcome(9) }
        #expect(known.isRepeat && known.outcome.loss == .infinity)
        #expect(
            known.outcome.metrics[0] == NamedNumber(name: "mae", value: 0.5) && known.outcome.metrics[1].value.isNaN)
        #expect(try await !restarted.once("3", fingerprint: "a") { outcome(3) }.isRepeat)
    }
}
