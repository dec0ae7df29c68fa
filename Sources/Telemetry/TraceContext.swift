/// Where a request stands in a trace that others began.
///
/// - Source: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header
public struct TraceContext: Sendable, Hashable {
    /// Two words of the 16 bytes that name the trace.
    public let trace: (UInt64, UInt64)
    /// The span that asks.
    public let parent: UInt64
    /// Whether the caller records this trace.
    public let isSampled: Bool

    /// Reads `00-<32 digits>-<16 digits>-<2 digits>`; nil for what is none, all zeros included.
    public init?(traceparent text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.word(bytes[0..<2]), version != 0xff,
            // Later versions may go on behind a dash; this one may not.
            bytes.count == 55 || (version > 0 && bytes[55] == Self.dash),
            let first = Self.word(bytes[3..<19]), let second = Self.word(bytes[19..<35]), first | second != 0,
            let parent = Self.word(bytes[36..<52]), parent != 0, let flags = Self.word(bytes[53..<55])
        else { return nil }
        trace = (first, second)
        self.parent = parent
        isSampled = flags & 1 == 1
    }

    /// The trace's name, 32 digits.
    public var traceText: String { Self.text(trace.0) + Self.text(trace.1) }

    public static func == (left: TraceContext, right: TraceContext) -> Bool {
        left.trace == right.trace && left.parent == right.parent && left.isSampled == right.isSampled
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(trace.0)
        hasher.combine(trace.1)
        hasher.combine(parent)
    }

    /// Sixteen digits.
    static func text(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Lower-case digits only, as the standard has it.
    private static func word(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var word: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: word = word << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: word = word << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return word
    }

    private static let dash = UInt8(ascii: "-")
}
