// A connection's machine must make the same of the same bytes, however they are cut, and never trap.

/// The first byte says where to cut the rest.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
    let cut = Int(data[0]) * bytes.count / 256
    guard events([bytes]) == events([Array(bytes[..<cut]), Array(bytes[cut...])]) else {
        fatalError("cut at \(cut), the bytes mean something else")
    }
    return 0
}

private func events(_ pieces: [[UInt8]]) -> [String] {
    var machine = ConnectionMachine(limits: HTTPLimits(), timeouts: HTTPTimeouts(), isSecure: false, at: 0)
    var lines: [String] = []
    var content: [UInt8] = []
    for piece in pieces {
        var offset = 0
        loop: while true {
            switch machine.receive(piece.span, from: &offset, at: 0) {
            case .needsBytes, .blocked: break loop
            case .head(let head):
                let request = HTTPRequest(head, id: .made(0, 0), connection: .unknown)
                lines.append("\(request.method) \(request.path) \(request.query.pairs) \(request.headers)")
                content = []
            case .content(let range): content += piece[range]
            case .end(let trailers):
                lines.append("\(content) \(trailers)")
                guard machine.planResponse(.ok, count: 0).keepsAlive, machine.responseCompleted(at: 0) == .nextRequest
                else { return lines }
            case .failed(let error):
                return lines + [error.kind.rawValue]
            }
        }
    }
    return lines
}
