// Decompression must not trap, leak, nor pass its limit.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let content = HTTPBody(Array(UnsafeBufferPointer(start: data + 1, count: count - 1)))
    let budget = MemoryBudget(bytesMax: 16 << 20)
    let bytesMax = 6 << 20
    let coding: ContentCoding = data[0] % 2 == 0 ? .gzip : .deflate
    if let body = try? Inflation.inflate(content, coding, bytesMax: bytesMax, budget: budget) {
        guard body.count <= bytesMax else { fatalError("the limit was passed") }
    }
    guard budget.bytesUsed == 0 else { fatalError("memory was kept") }
    return 0
}
