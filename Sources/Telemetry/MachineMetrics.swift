import Glibc
import Locking

/// How busy the machine is, under the names that dashboards for Triton know.
///
/// - Source: Triton Inference Server, docs/user_guide/metrics.md
public final class MachineMetrics: Sendable {
    private let previous: Lock<[Int]>
    private static let timesPath = "/proc/stat"

    public init() { previous = Lock(ProcessMetrics.numbers(inFile: MachineMetrics.timesPath)) }

    public func families() -> [MetricFamily] {
        var families: [MetricFamily] = []
        let now = ProcessMetrics.numbers(inFile: MachineMetrics.timesPath)
        let before = previous.withLock { previous in
            defer { previous = now }
            return previous
        }
        if let share = MachineMetrics.busyShare(from: before, to: now) {
            families.append(
                MetricFamily(
                    "nv_cpu_utilization", .gauge, "Share of all cores in use since this was last asked for.", share))
        }
        let memory = MachineMetrics.memory(ProcessMetrics.text(ofFile: "/proc/meminfo", bytesMax: 4096))
        if let total = memory["MemTotal"], let available = memory["MemAvailable"] {
            families.append(
                MetricFamily("nv_cpu_memory_total_bytes", .gauge, "Memory of the machine.", Double(total)))
            families.append(
                MetricFamily(
                    "nv_cpu_memory_used_bytes", .gauge, "Memory that could not be had at once.",
                    Double(total - available)))
        }
        return families
    }

    /// The part of the time between two readings of `/proc/stat` in which cores were not idle; nil where none has gone by.
    ///
    /// Its columns are user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); those behind are parts of the first.
    static func busyShare(from before: [Int], to now: [Int]) -> Double? {
        guard before.count >= 8, now.count >= 8 else { return nil }
        let spent = zip(now.prefix(8), before.prefix(8)).map { max(0, $0 - $1) }
        let total = spent.reduce(0, +)
        return total > 0 ? Double(total - spent[3] - spent[4]) / Double(total) : nil
    }

    /// Bytes by the names of `/proc/meminfo`.
    static func memory(_ text: String) -> [String: Int] {
        var found: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split { $0 == ":" || $0 == " " }
            if parts.count == 3, parts[2] == "kB", let count = Int(parts[1]) { found[String(parts[0])] = count * 1024 }
        }
        return found
    }
}
