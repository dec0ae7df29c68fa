import Formats
import Locking

/// Which training requests a model has applied, so that one that is sent again is not applied again.
///
/// A request is known by the key that its client chose and by a fingerprint of its body. Keys are kept for the last
/// ``stepsKept`` steps, and go to disk with every checkpoint: what a restart brings back is what it knows of.
public final class IdempotencyLedger: Sendable {
    static let stepsKept: Int64 = 10_000

    private struct Entry: Sendable {
        let fingerprint: String
        /// Nil while the first request still runs.
        var outcome: TrainingOutcome?
    }

    private struct State: Sendable {
        var entries: [String: Entry] = [:]
        /// Keys with the steps that they were applied at, oldest first.
        var order: [(key: String, step: Int64)] = []
    }

    private let state = Lock(State())

    /// Applies a request once.
    ///
    /// - Returns: the outcome, and whether it is that of an earlier request.
    /// - Throws: `ServiceError.conflict` while the first request with this key runs; `.unfit` when that had another body; what
    ///   `apply` throws, and then the key is free again.
    public func once(
        _ key: String, fingerprint: String, _ apply: () async throws -> TrainingOutcome
    ) async throws -> (outcome: TrainingOutcome, isRepeat: Bool) {
        if let known = try begin(key, fingerprint) { return (known, true) }
        do {
            let outcome = try await apply()
            finish(key, outcome)
            return (outcome, false)
        } catch {
            state.withLock { $0.entries[key] = nil }
            throw error
        }
    }

    private func begin(_ key: String, _ fingerprint: String) throws(ServiceError) -> TrainingOutcome? {
        try state.withLock { state throws(ServiceError) in
            guard let entry = state.entries[key] else {
                state.entries[key] = Entry(fingerprint: fingerprint)
                return nil
            }
            guard entry.fingerprint == fingerprint else {
                throw .unfit("the idempotency key '\(key)' was used before, with another body")
            }
            guard let outcome = entry.outcome else {
                throw .conflict("the first request with the idempotency key '\(key)' is still running")
            }
            return outcome
        }
    }

    private func finish(_ key: String, _ outcome: TrainingOutcome) {
        state.withLock { state in
            state.entries[key]?.outcome = outcome
            state.order.append((key, outcome.step))
            let oldest = outcome.step - IdempotencyLedger.stepsKept
            let old = state.order.prefix { $0.step <= oldest }
            for (key, _) in old { state.entries[key] = nil }
            state.order.removeFirst(old.count)
        }
    }

    // MARK: On disk

    /// What it knows, oldest first.
    var json: JSONValue {
        state.withLock { state in
            .array(
                state.order.compactMap { key, _ in
                    guard let entry = state.entries[key], let outcome = entry.outcome else { return nil }
                    return [
                        "key": .string(key), "fingerprint": .string(entry.fingerprint),
                        "step": .integer(Int(outcome.step)),
                        "version": .integer(Int(clamping: outcome.version)), "loss": .number(outcome.loss),
                        "metrics": .object(JSONObject(outcome.metrics.map { ($0.name, .number($0.value)) })),
                    ]
                })
        }
    }

    /// Whether there is anything to keep.
    var isEmpty: Bool { state.withLock { $0.order.isEmpty } }

    /// Takes back what is in a checkpoint of so many steps; later requests are not, and may come again.
    func restore(_ json: JSONValue, step: Int64) {
        state.withLock { state in
            for entry in json.array ?? [] {
                guard let key = entry["key"]?.string, let fingerprint = entry["fingerprint"]?.string,
                    let number = entry["step"]?.integer, number <= step, let version = entry["version"]?.integer,
                    let loss = entry["loss"]?.number
                else { continue }
                let metrics = entry["metrics"]?.object?.members ?? []
                state.entries[key] = Entry(
                    fingerprint: fingerprint,
                    outcome: TrainingOutcome(
                        step: Int64(number), version: UInt64(clamping: version), loss: loss,
                        metrics: metrics.map { NamedNumber(name: $0.key, value: $0.value.number ?? .nan) }))
                state.order.append((key, Int64(number)))
            }
        }
    }
}

extension JSONValue {
    /// Any double: what JSON has no numbers for as a string.
    static func number(_ value: Double) -> JSONValue {
        value.isFinite ? .double(value) : .string(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
    }

    /// A number as ``number(_:)`` writes it.
    var number: Double? {
        switch string {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: double
        }
    }
}
