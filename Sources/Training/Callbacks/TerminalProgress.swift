import Checkpoints
import Glibc

/// Shows on the terminal how a fit goes: one line for each epoch, with a bar that grows while it lasts.
///
/// Where the output is no terminal, only the finished lines are written.
///
/// - Source: keras.callbacks.ProgbarLogger (2.15).
public final class TerminalProgress: TrainingCallback {
    private let isTerminal: Bool
    private let clock: @Sendable () -> Double
    private let write: (String) -> Void
    private var epochStart = 0.0
    private var lastShown = 0.0
    private var shownCount = 0

    /// How wide the bar is.
    private static let width = 20
    /// The bar moves no more often than this, in seconds.
    private static let interval = 0.1

    /// - Parameters:
    ///   - isTerminal: whether a line can be written over; nil to find out.
    ///   - clock: in seconds.
    ///   - write: where the lines go; nil for the standard output.
    public init(
        isTerminal: Bool? = nil, clock: @escaping @Sendable () -> Double = CheckpointDirectory.systemClock,
        write: ((String) -> Void)? = nil
    ) {
        self.isTerminal = isTerminal ?? (isatty(STDOUT_FILENO) == 1)
        self.clock = clock
        self.write =
            write ?? { text in
                print(text, terminator: "")
                fflush(nil)
            }
    }

    public func epochBegins(_ epoch: Int, _ run: TrainingRun) {
        epochStart = clock()
        lastShown = epochStart
    }

    public func batchEnds(_ batch: Int, _ logs: Logs, _ run: TrainingRun) {
        let now = clock()
        guard isTerminal, now - lastShown >= TerminalProgress.interval else { return }
        lastShown = now
        show(line(run, batch + 1, logs, seconds: now - epochStart), isLast: false)
    }

    public func epochEnds(_ epoch: Int, _ logs: Logs, _ run: TrainingRun) {
        show(line(run, run.batchCount, logs, seconds: clock() - epochStart), isLast: true)
    }

    private func line(_ run: TrainingRun, _ done: Int, _ logs: Logs, seconds: Double) -> String {
        let filled = run.batchCount > 0 ? TerminalProgress.width * done / run.batchCount : TerminalProgress.width
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: TerminalProgress.width - filled)
        let figures = logs.entries.map { " · \($0.name) \(TerminalProgress.short($0.value))" }.joined()
        let epoch = padded(run.epoch + 1, like: run.epochs)
        return
            "epoch \(epoch)/\(run.epochs) \(bar) \(padded(done, like: run.batchCount))/\(run.batchCount) · \(TerminalProgress.fixed(seconds, 2)) s\(figures)"
    }

    private func show(_ line: String, isLast: Bool) {
        let rest = String(repeating: " ", count: max(0, shownCount - line.count))
        write((isTerminal ? "\r" : "") + line + rest + (isLast ? "\n" : ""))
        shownCount = isLast ? 0 : line.count
    }

    private func padded(_ number: Int, like greatest: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, String(greatest).count - digits.count)) + digits
    }

    /// Four digits after the point, or four that count where there would be none else.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let size = abs(value)
        if size >= 1e-3 && size < 1e5 || size == 0 { return fixed(value, 4) }
        var exponent = Int(log10(size).rounded(.down))
        var digits = value / pow(10, Double(exponent))
        // A mantissa of 9.9999 is written as 10.
        if abs(digits) >= 9.9995 {
            digits /= 10
            exponent += 1
        }
        return "\(fixed(digits, 3))e\(exponent)"
    }

    static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = pow(10, Double(places))
        let whole = (abs(value) * scale).rounded()
        let digits = String(Int(whole))
        let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (value < 0 && whole > 0 ? "-" : "") + filled.dropLast(places) + "." + filled.suffix(places)
    }
}
