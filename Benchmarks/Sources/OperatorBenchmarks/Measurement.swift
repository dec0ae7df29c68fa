import Glibc

/// Times pieces of work; every figure is the median of several runs.
enum Measurement {
    enum Clock {
        /// What passes for everybody.
        case wall
        /// What this thread computes; other work on the machine does not count.
        case thread

        func now() -> Double {
            var time = timespec()
            clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
    }

    /// The median time of one call of `body` in seconds. A run repeats it for about `runSeconds`.
    static func secondsPerCall(
        runs: Int = 9, runSeconds: Double = 0.05, clock: Clock = .wall, _ body: () throws -> Void
    ) rethrows -> Double {
        var repeats = 1
        while true {
            let start = clock.now()
            for _ in 0..<repeats { try body() }
            let taken = clock.now() - start
            if taken > runSeconds / 4 {
                repeats = max(1, Int(Double(repeats) * runSeconds / taken))
                break
            }
            repeats *= 2
        }
        var times: [Double] = []
        for _ in 0..<runs {
            let start = clock.now()
            for _ in 0..<repeats { try body() }
            times.append((clock.now() - start) / Double(repeats))
        }
        return times.sorted()[runs / 2]
    }
}

/// One line of the printed table.
struct Row {
    let name: String
    let value: Double
    let unit: String
    /// What the figure is held against, in the same unit, and its name.
    var reference: (name: String, value: Double)?

    func printed() -> String {
        var line = Row.padded(name, 44) + Row.padded(Row.rounded(value) + " " + unit, 16)
        if let reference {
            line += "\(reference.name) \(Row.rounded(reference.value)), ratio \(Row.rounded(value / reference.value))"
        }
        return line
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// Three digits are more than the noise leaves.
    private static func rounded(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let scale = Glibc.pow(10, 2 - Glibc.floor(Glibc.log10(Swift.abs(value))))
        let number = (value * scale).rounded() / scale
        return number == number.rounded() && Swift.abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
    }
}
