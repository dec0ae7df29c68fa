import Synchronization

/// A number that only rises. Adding is one atomic instruction.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    public init() {}

    public func add(_ amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that rises and falls.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    public init() {}

    public func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    public func add(_ amount: Double) {
        bits.addDouble(amount)
    }

    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How often values fell under each of some bounds, and their sum. Recording takes no lock.
public final class Histogram: Sendable {
    /// Upper bounds of the buckets, rising; values above the last are counted in `count` alone.
    public let bounds: [Double]
    private let buckets: [Counter]
    private let sumBits = Atomic<UInt64>(0)
    private let total = Counter()

    public init(bounds: [Double]) {
        self.bounds = bounds.sorted()
        buckets = bounds.map { _ in Counter() }
    }

    /// Seconds, from 100 µs to 10 s: what requests take.
    public static let secondsBounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    public func record(_ value: Double) {
        if let index = bounds.firstIndex(where: { value <= $0 }) { buckets[index].add() }
        sumBits.addDouble(value)
        total.add()
    }

    public var count: UInt64 { total.value }
    public var sum: Double { Double(bitPattern: sumBits.load(ordering: .relaxed)) }

    /// Number of values at or under each bound.
    public var cumulativeCounts: [UInt64] {
        var running: UInt64 = 0
        return buckets.map { bucket in
            running += bucket.value
            return running
        }
    }
}

extension Atomic where Value == UInt64 {
    /// Adds to the double whose bits these are.
    fileprivate func addDouble(_ amount: Double) {
        var old = load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
