// The chunked decoder must not trap, nor give more than it got, and its pieces must not matter.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let whole = decode([bytes])
    guard whole == decode(bytes.map { [$0] }) else { fatalError("byte by byte, the chunks mean something else") }
    guard whole.count <= bytes.count + 1 else { fatalError("more content than bytes") }
    return 0
}

/// The content, and behind it a word about how it ended.
private func decode(_ pieces: [[UInt8]]) -> [UInt8] {
    var decoder = ChunkedDecoder(limits: HTTPLimits())
    var content: [UInt8] = []
    for piece in pieces {
        var offset = 0
        do {
            loop: while true {
                switch try decoder.decode(piece.span, from: &offset) {
                case .data(let range): content += piece[range]
                case .needsBytes: break loop
                case .end: return content + [1]
                }
            }
        } catch {
            return content + [2]
        }
    }
    return content
}
