import Dispatch
import HTTP

/// Decompresses content that has been gathered, without ever holding more than it must.
///
/// What comes out is kept as it comes while it is little. When it becomes much, it is only counted
/// until the end is seen, and then made again into memory of exactly its size: so a bomb costs its
/// compressed size and a few megabytes, whatever it would have become.
enum Inflation {
    /// Loops must not wait for this.
    private static let queue = DispatchQueue(label: "strata.inflation", attributes: .concurrent, target: .global())

    /// Calls back on some other thread.
    static func inflate(
        _ compressed: HTTPBody, _ coding: ContentCoding, bytesMax: Int, budget: MemoryBudget,
        then: @escaping @Sendable (Result<HTTPBody, HTTPError>) -> Void
    ) {
        queue.async {
            then(Result { () throws(HTTPError) in try inflate(compressed, coding, bytesMax: bytesMax, budget: budget) })
        }
    }

    static func inflate(
        _ compressed: HTTPBody, _ coding: ContentCoding, bytesMax: Int, budget: MemoryBudget
    ) throws(HTTPError) -> HTTPBody {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchBytes, alignment: 16)
        defer { scratch.deallocate() }
        var kept: BodyBuffer? = BodyBuffer(budget: budget)
        let counter = Inflater(coding)
        try run(counter, compressed, scratch) { (bytes) throws(HTTPError) in
            guard counter.count <= bytesMax else {
                throw HTTPError(.contentTooLarge, "the content may have \(bytesMax) bytes, decompressed it has more")
            }
            if counter.count > keptBytesMax { kept = nil }
            try kept?.append(bytes)
        }
        if let kept { return kept.finish() }

        let whole = BodyBuffer(budget: budget)
        try whole.grow(to: counter.count)
        try run(Inflater(coding), compressed, scratch) { (bytes) throws(HTTPError) in try whole.append(bytes) }
        return whole.finish()
    }

    private static let scratchBytes = 65_536
    private static let keptBytesMax = 4 << 20

    private static func run(
        _ inflater: Inflater, _ compressed: HTTPBody, _ scratch: UnsafeMutableRawBufferPointer,
        _ output: (UnsafeRawBufferPointer) throws(HTTPError) -> Void
    ) throws(HTTPError) {
        let outcome = compressed.withUnsafeBytes { input in
            Result { () throws(HTTPError) in
                try inflater.inflate(input, scratch: scratch, output: output)
                try inflater.finish()
            }
        }
        try outcome.get()
    }
}
