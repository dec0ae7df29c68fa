import HTTP
import Locking

/// Decompresses content that a handler reads in pieces, as it reads, in the handler's own task.
final class InflatingReader: BodyReader {
    private struct State {
        let inflater: Inflater
        /// Pieces that one compressed piece has become, but for those already given.
        var pieces: [HTTPBody] = []
    }

    private let source: any BodyReader
    private let bytesMax: Int
    private let state: Lock<State>

    init(_ source: any BodyReader, _ coding: ContentCoding, bytesMax: Int) {
        self.source = source
        self.bytesMax = bytesMax
        state = Lock(State(inflater: Inflater(coding)))
    }

    func next() async throws -> HTTPBody? {
        while true {
            if let piece = state.withLock({ $0.pieces.popLast() }) { return piece }
            guard let compressed = try await source.next() else {
                try state.withLock { (state) throws(HTTPError) in try state.inflater.finish() }
                return nil
            }
            // A piece comes in slices so small that no slice can become more than a few megabytes.
            var offset = 0
            var made: [HTTPBody] = []
            while offset < compressed.count {
                made += try inflate(compressed, offset..<min(offset + Self.sliceBytes, compressed.count))
                offset += Self.sliceBytes
            }
            let pieces = Array(made.reversed())
            state.withLock { $0.pieces = pieces }
        }
    }

    private static let sliceBytes = 4_096

    private func inflate(_ compressed: HTTPBody, _ range: Range<Int>) throws -> [HTTPBody] {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { scratch.deallocate() }
        return try state.withLock { state in
            var made: [HTTPBody] = []
            try compressed.withUnsafeBytes { bytes in
                try state.inflater.inflate(UnsafeRawBufferPointer(rebasing: bytes[range]), scratch: scratch) {
                    (output) throws(HTTPError) in
                    guard state.inflater.count <= bytesMax else {
                        throw HTTPError(
                            .contentTooLarge, "the content may have \(bytesMax) bytes, decompressed it has more")
                    }
                    made.append(HTTPBody(Array(output)))
                }
            }
            return made
        }
    }
}
