// Queries, preferences, ranges and tags must not trap.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    let query = QueryParameters(parsing: bytes[...])
    guard query.pairs.reduce(0, { $0 + $1.name.utf8.count }) <= 3 * count else { fatalError("names out of nothing") }
    _ = ContentNegotiation.mediaType(text, offered: ["application/json", "text/plain;charset=utf-8"])
    _ = ContentNegotiation.contentCoding(text)
    _ = EntityTag.list(text)
    if case .part(let range) = ByteRange(text, count: 10) {
        guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= 10 else {
            fatalError("a range outside of the content")
        }
    }
    _ = ServerSentEvent(text, event: text, id: text).text
    return 0
}
