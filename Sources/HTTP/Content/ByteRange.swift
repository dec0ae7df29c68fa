/// The part of a representation that a request asks for (RFC 9110 §14).
public enum ByteRange: Sendable, Equatable {
    /// All of it: there is no `Range`, one in another unit, a malformed one, or several at once.
    case whole
    case part(Range<Int>)
    /// 416
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`.
    ///   - count: bytes of the whole representation.
    public init(_ header: String?, count: Int) {
        self = header.flatMap { Self.parse($0, count) } ?? .whole
    }

    /// A server may ignore `Range` (§14.2), and of several parts this one makes no multipart answer.
    private static func parse(_ header: String, _ count: Int) -> ByteRange? {
        let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].lowercased() == "bytes" else { return nil }
        let text = String(decoding: Array(halves[1].utf8).trimmingOptionalWhitespace, as: UTF8.self)
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else { return nil }
        switch (position(ends[0]), position(ends[1])) {
        case (nil, nil): return nil
        case (nil, let suffix?):
            return suffix == 0 || count == 0 ? .unsatisfiable : .part(max(0, count - suffix)..<count)
        case (let first?, nil):
            return first < count ? .part(first..<count) : .unsatisfiable
        case (let first?, let last?):
            guard first <= last else { return nil }
            return first < count ? .part(first..<min(last, count - 1) + 1) : .unsatisfiable
        }
    }

    /// `nil` for no digits; more than fits is as good as the largest number.
    private static func position(_ digits: String) -> Int? {
        digits.isEmpty ? nil : Int(digits) ?? .max
    }
}
