/// The entry that libFuzzer calls; what is checked stands in Tests/TestSupport/FuzzFiles.swift.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    fuzzFiles(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
