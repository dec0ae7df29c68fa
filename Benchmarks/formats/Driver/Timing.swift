/// Seconds that `body` took: the fastest, the middle and the slowest of several runs.
func seconds(runs: Int, _ body: () throws -> Void) rethrows -> (least: Double, median: Double, most: Double) {
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<runs {
        let time = try clock.measure { try body() }
        times.append(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    }
    times.sort()
    return (times[0], times[times.count / 2], times[times.count - 1])
}

/// One decimal after the point.
func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }

func thousandths(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
