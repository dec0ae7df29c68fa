/// The entry that libFuzzer calls; what is checked stands in Tests/TestSupport/FuzzJSON.swift.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    if let problem = fuzzJSON(UnsafeRawBufferPointer(start: start, count: count)) { fatalError(problem) }
    return 0
}
