@testable import HTTP

/// What a connection's machine makes of some bytes, in words that can be compared.
struct Transcript: Equatable, CustomStringConvertible {
    private(set) var lines: [String] = []

    var description: String { lines.joined(separator: "\n") }

    /// Feeds the bytes in pieces that end at the given places, answering each complete request with 200.
    init(_ bytes: [UInt8], cuts: [Int] = [], limits: HTTPLimits = HTTPLimits(), isSecure: Bool = false) {
        var machine = ConnectionMachine(limits: limits, timeouts: HTTPTimeouts(), isSecure: isSecure, at: 0)
        var content: [UInt8] = []
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[start..<end])
            start = end
            var offset = 0
            loop: while true {
                switch machine.receive(piece.span, from: &offset, at: 0) {
                case .needsBytes, .blocked: break loop
                case .head(let head):
                    lines.append(Self.describe(head))
                    content = []
                    do {
                        try machine.limitContent(to: limits.bodyBytesMax)
                    } catch {
                        lines.append("refused \(error.kind)")
                        return
                    }
                case .content(let range): content += piece[range]
                case .end(let trailers):
                    if !content.isEmpty { lines.append("content " + String(decoding: content, as: UTF8.self)) }
                    if !trailers.isEmpty { lines.append("trailers \(trailers)") }
                    lines.append("end")
                    let plan = machine.planResponse(.ok, count: 0)
                    if machine.responseCompleted(at: 0) == .linger { lines.append("close") }
                    if !plan.keepsAlive { return }
                case .failed(let error):
                    lines.append("failed \(error.kind)")
                    return
                }
            }
        }
        if case .failed(let error) = machine.endOfInput() { lines.append("failed \(error.kind)") }
    }

    private static func describe(_ head: RequestHead) -> String {
        let request = HTTPRequest(head, id: .made(0, 0), connection: .unknown)
        let fields = request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
        return "\(head.method) \(request.path) [\(request.rawTarget)] \(head.version) \(fields)"
    }
}

/// What becomes of the bytes, checked to be the same whole, byte by byte and cut at every place.
func transcript(_ text: String, limits: HTTPLimits = HTTPLimits(), isSecure: Bool = false) -> [String] {
    transcript(Array(text.utf8), limits: limits, isSecure: isSecure)
}

func transcript(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), isSecure: Bool = false) -> [String] {
    let whole = Transcript(bytes, limits: limits, isSecure: isSecure)
    var differing: [String] = []
    let cuts = [Array(bytes.indices.dropFirst())] + bytes.indices.dropFirst().map { [$0] }
    for cut in cuts {
        let other = Transcript(bytes, cuts: cut, limits: limits, isSecure: isSecure)
        if other != whole { differing = ["cut at \(cut.prefix(3)):", other.description, "whole:", whole.description] }
    }
    return differing.isEmpty ? whole.lines : differing
}

/// The kind of error that bytes end in, `nil` when they end in none.
func refusal(_ text: String, limits: HTTPLimits = HTTPLimits(), isSecure: Bool = false) -> String? {
    refusal(Array(text.utf8), limits: limits, isSecure: isSecure)
}

func refusal(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), isSecure: Bool = false) -> String? {
    guard let last = transcript(bytes, limits: limits, isSecure: isSecure).last else { return nil }
    for prefix in ["failed ", "refused "] where last.hasPrefix(prefix) { return String(last.dropFirst(prefix.count)) }
    return last.hasPrefix("whole") || last.contains("cut") ? last : nil
}
