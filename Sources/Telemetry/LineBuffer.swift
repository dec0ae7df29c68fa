import Dispatch
import Glibc
import Locking

/// Gathers lines and hands many of them at once to a thread that writes them: a line for every request costs less than a
/// system call for every request, and nobody waits for whoever reads the log.
///
/// Lines are written when there are 256 KiB of them, or a quarter of a second after the first. Where the reader is 8 MiB behind,
/// lines are dropped and counted.
public final class LineBuffer: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isScheduled = false
        /// Bytes that were handed over and are not written yet.
        var unwritten = 0
    }

    private let state = Lock(State())
    private let time: any TimeSource
    private let queue: DispatchQueue?
    private let write: @Sendable ([UInt8]) -> Void
    /// Lines that nobody took.
    public let dropped = Counter()

    /// Waking the thread costs as much as formatting some twenty lines.
    private static let bytesMax = 262_144
    private static let unwrittenMax = 8 << 20
    private static let delay: UInt64 = 250_000_000

    /// - Parameters:
    ///   - queue: where lines are written; nil for wherever they are added.
    ///   - write: writes to standard error where nothing else is said.
    public init(
        time: any TimeSource = SystemTime(), queue: DispatchQueue? = DispatchQueue(label: "strata.lines"),
        write: @escaping @Sendable ([UInt8]) -> Void = LineBuffer.toStandardError
    ) {
        self.time = time
        self.queue = queue
        self.write = write
    }

    /// - Parameter append: adds a line and its end.
    public func add(_ append: (inout [UInt8]) -> Void) {
        enum Step { case none, drop, schedule, flush }
        let step = state.withLock { state -> Step in
            guard state.unwritten < LineBuffer.unwrittenMax else { return .drop }
            if state.bytes.isEmpty { state.bytes.reserveCapacity(LineBuffer.bytesMax + 1_024) }
            append(&state.bytes)
            if state.bytes.count >= LineBuffer.bytesMax { return .flush }
            guard !state.isScheduled else { return .none }
            state.isScheduled = true
            return .schedule
        }
        switch step {
        case .none: break
        case .drop: dropped.add()
        case .schedule:
            _ = time.schedule(at: time.now() &+ LineBuffer.delay) { [self] in
                state.withLock { $0.isScheduled = false }
                handOver()
            }
        case .flush: handOver()
        }
    }

    /// Writes what there is, and returns once it is written.
    public func flush() {
        handOver()
        queue?.sync {}
    }

    private func handOver() {
        let bytes = state.withLock { state in
            defer { state.bytes = [] }
            state.unwritten += state.bytes.count
            return state.bytes
        }
        guard !bytes.isEmpty else { return }
        let job: @Sendable () -> Void = { [self] in
            write(bytes)
            state.withLock { $0.unwritten -= bytes.count }
        }
        if let queue { queue.async(execute: job) } else { job() }
    }

    public static func toStandardError(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let count = Glibc.write(STDERR_FILENO, all.baseAddress?.advanced(by: start), all.count - start)
                guard count > 0 else { return }
                start += count
            }
        }
    }
}

extension [UInt8] {
    /// The digits of a number, without a string of their own.
    public mutating func appendDecimal(_ value: UInt64, width: Int = 1) {
        // Room for 2⁶⁴ − 1 or the zeros in front, filled from the end.
        let room = Swift.max(20, width)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { digits in
            var first = room
            var rest = value
            while rest > 0 || room - first < width {
                first -= 1
                digits[first] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    /// A string of JSON, quotes included.
    public mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { appendQuoted(UnsafeRawBufferPointer($0)) }
    }

    /// The same of bytes that are UTF-8.
    public mutating func appendQuoted(_ text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        if text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for byte in text { appendEscaped(byte) }
        } else {
            append(contentsOf: text)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            append(UInt8(ascii: "\\"))
            append(byte)
        case ..<0x20:
            append(contentsOf: "\\u00".utf8)
            appendHexadecimal(byte)
        default: append(byte)
        }
    }

    /// Two digits.
    mutating func appendHexadecimal(_ byte: UInt8) {
        for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
}
