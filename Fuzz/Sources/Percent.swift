// Percent-decoding, dot segments, hosts and dates must not trap; what is encoded must come back.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    let encoded = PercentEncoding.encodeSegment(text)
    guard PercentEncoding.decode(Array(encoded.utf8)[...]) == Array(text.utf8) else {
        fatalError("it does not come back")
    }
    guard PercentEncoding.decode(bytes[...]).count <= count else { fatalError("decoding made it longer") }
    _ = HostValue.isValid(bytes[...])
    _ = HTTPDate.unixSeconds(from: text)
    if let request = try? HTTPRequest(.get, text), request.path.hasPrefix("/") {
        // No dot segment is left, unless it was spelled with an encoded slash.
        let isClean = !("/" + request.path + "/").contains("/../")
        guard isClean || request.rawTarget.lowercased().contains("%2f") else { fatalError("a dot segment is left") }
    }
    return 0
}
