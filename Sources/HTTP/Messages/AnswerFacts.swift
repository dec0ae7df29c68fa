/// How a request was answered, for those who keep count.
public struct AnswerFacts: Sendable, Equatable {
    /// 0 when the client left before there was an answer.
    public let status: Int
    /// Of the content; nil where it was not known in advance.
    public let bytes: Int?
    /// Nanoseconds of the server's clock, when the head had come and when the answer was on its way.
    public let startedAt: UInt64
    public let endedAt: UInt64
    /// Whether the answer went out as it was meant to.
    public let isWhole: Bool

    public init(status: Int, bytes: Int?, startedAt: UInt64, endedAt: UInt64, isWhole: Bool) {
        self.status = status
        self.bytes = bytes
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.isWhole = isWhole
    }
}
