import Glibc

/// Times pieces of work. The fastest of several runs counts: on a machine that does other things too, that is what repeats.
enum Measurement {
    enum Clock {
        /// What passes for everybody.
        case wall
        /// What this thread computes; other work on the machine does not count.
        case thread

        /// One thread's own work is counted by its own clock.
        static func forThreads(_ count: Int) -> Clock { count == 1 ? .thread : .wall }

        func now() -> Double {
            var time = timespec()
            clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
        }
    }

    /// The time of one call of `body` in seconds. A run repeats it for about `runSeconds`.
    static func secondsPerCall(
        runs: Int = 9, runSeconds: Double = 0.05, clock: Clock = .wall, _ body: @escaping () throws -> Void
    ) throws -> Double {
        try secondsPerCall(runs: runs, runSeconds: runSeconds, clock: clock, of: [body])[0]
    }

    /// The time of one call of each of several pieces of work, which take turns, so that what disturbs one disturbs all.
    static func secondsPerCall(
        runs: Int = 9, runSeconds: Double = 0.05, clock: Clock = .wall, of bodies: [() throws -> Void]
    ) throws -> [Double] {
        func time(_ body: () throws -> Void, _ repeats: Int) throws -> Double {
            let start = clock.now()
            for _ in 0..<repeats { try body() }
            return clock.now() - start
        }
        let repeats = try bodies.map { body in
            var repeats = 1
            while true {
                let taken = try time(body, repeats)
                if taken > runSeconds / 4 { return max(1, Int(Double(repeats) * runSeconds / taken)) }
                repeats *= 2
            }
        }
        var least = bodies.map { _ in Double.infinity }
        for _ in 0..<runs {
            for (index, body) in bodies.enumerated() {
                least[index] = min(least[index], try time(body, repeats[index]) / Double(repeats[index]))
            }
        }
        return least
    }
}
