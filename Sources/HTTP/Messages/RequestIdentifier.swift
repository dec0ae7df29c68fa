/// The name of one request in logs and answers (`X-Request-Id`): the client's own, or one made here.
public enum RequestIdentifier: Sendable, Hashable {
    case given(String)
    /// Two words that are written as 32 hexadecimal digits; nothing is allocated until they are.
    case made(UInt64, UInt64)

    /// Makes identifiers of one connection: a random prefix, then a sequence that looks random.
    public struct Generator: Sendable {
        private let prefix: UInt64
        private var state: UInt64

        public init(prefix: UInt64, seed: UInt64) {
            self.prefix = prefix
            state = seed
        }

        /// SplitMix64 (Steele, Lea, Flood 2014): distinct for 2⁶⁴ requests.
        public mutating func next() -> RequestIdentifier {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return .made(prefix, word ^ (word >> 31))
        }
    }

    /// Writes it as it stands in the answer.
    public func append(to output: inout [UInt8]) {
        switch self {
        case .given(let text): output.append(contentsOf: text.utf8)
        case .made(let first, let second):
            output.appendHexadecimal(first)
            output.appendHexadecimal(second)
        }
    }
}

extension RequestIdentifier: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Sixteen digits, eight at a time: every answer has two of these words.
    fileprivate mutating func appendHexadecimal(_ word: UInt64) {
        appendDigits(word >> 32)
        appendDigits(word & 0xFFFF_FFFF)
    }

    /// The eight digits of a number under 2³²: spread over eight bytes, then those above nine made letters.
    private mutating func appendDigits(_ number: UInt64) {
        var digits = (number & 0xFFFF) | (number >> 16) << 32
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = ((digits &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        let text = digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
        Swift.withUnsafeBytes(of: text.bigEndian) { append(contentsOf: $0) }
    }
}
