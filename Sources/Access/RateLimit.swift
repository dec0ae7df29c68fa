import HTTP
import Locking
import Telemetry

/// A bucket that fills at a steady rate, and from which every request takes one token.
///
/// - Source: Turner, "New Directions in Communications" (1986): the leaky bucket as a meter.
public final class RateLimit: Sendable {
    /// Tokens that come in a second.
    public let perSecond: Double
    /// Tokens that the bucket holds: what may come at once after a pause. One second's worth, and at least one.
    public let burst: Double

    private struct State {
        var tokens: Double
        var filledAt: UInt64
    }

    private let state: Lock<State>

    public init(perSecond: Double, at now: UInt64) {
        self.perSecond = perSecond
        burst = max(1, perSecond.rounded(.up))
        state = Lock(State(tokens: burst, filledAt: now))
    }

    /// Takes a token.
    ///
    /// - Returns: nil, or the seconds until there is one again.
    public func take(at now: UInt64) -> Double? {
        state.withLock { state in
            if now > state.filledAt {
                state.tokens = min(burst, state.tokens + Double(now - state.filledAt) / 1e9 * perSecond)
                state.filledAt = now
            }
            guard state.tokens < 1 else {
                state.tokens -= 1
                return nil
            }
            return (1 - state.tokens) / perSecond
        }
    }
}
