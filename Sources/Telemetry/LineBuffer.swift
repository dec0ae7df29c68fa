import Dispatch
import Glibc
import Locking

/// Gathers lines and writes many of them at once: a line for every request costs less than a system call for every request.
///
/// Lines are written when there are 32 KiB of them, or a quarter of a second after the first.
public final class LineBuffer: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isScheduled = false
    }

    private let state = Lock(State())
    private let time: any TimeSource
    private let write: @Sendable ([UInt8]) -> Void

    private static let bytesMax = 32_768
    private static let delay: UInt64 = 250_000_000

    /// - Parameter write: writes to standard error where nothing else is said.
    public init(
        time: any TimeSource = SystemTime(), write: @escaping @Sendable ([UInt8]) -> Void = LineBuffer.toStandardError
    ) {
        self.time = time
        self.write = write
    }

    /// - Parameter append: adds a line and its end.
    public func add(_ append: (inout [UInt8]) -> Void) {
        enum Step { case none, schedule, flush }
        let step = state.withLock { state -> Step in
            append(&state.bytes)
            if state.bytes.count >= LineBuffer.bytesMax { return .flush }
            guard !state.isScheduled else { return .none }
            state.isScheduled = true
            return .schedule
        }
        switch step {
        case .none: break
        case .schedule:
            _ = time.schedule(at: time.now() &+ LineBuffer.delay) { [self] in
                state.withLock { $0.isScheduled = false }
                flush()
            }
        case .flush: flush()
        }
    }

    /// Writes what there is.
    public func flush() {
        let bytes = state.withLock { state in
            defer { state.bytes = [] }
            return state.bytes
        }
        if !bytes.isEmpty { write(bytes) }
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
        var digits = 0
        var rest = value
        let start = count
        while rest > 0 || digits < width {
            append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
            digits += 1
        }
        self[start...].reverse()
    }

    /// A string of JSON, quotes included.
    public mutating func appendQuoted(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
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
        append(UInt8(ascii: "\""))
    }

    /// Two digits.
    mutating func appendHexadecimal(_ byte: UInt8) {
        for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
}
