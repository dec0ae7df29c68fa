import Glibc
import HTTP

/// Bytes that the socket has not taken yet, in order; bodies stand in it by reference.
struct OutputQueue {
    private enum Run {
        case bytes([UInt8])
        case body(HTTPBody)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .body(let body): body.count
            }
        }

        func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .bytes(let bytes): bytes.withUnsafeBytes(body)
            case .body(let content): content.withUnsafeBytes(body)
            }
        }
    }

    private var runs: [Run] = []
    private var first = 0
    /// How much of the first run has been taken.
    private var offset = 0
    /// All bytes that wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        runs.append(.bytes(bytes))
        count += bytes.count
    }

    mutating func append(_ body: HTTPBody) {
        guard !body.isEmpty else { return }
        runs.append(.body(body))
        count += body.count
    }

    mutating func removeAll() {
        self = OutputQueue()
    }

    /// Gives the transport what it takes.
    ///
    /// - Returns: `.moved` with all that was taken once the queue is empty, otherwise why it is not.
    mutating func write(to transport: some Transport) -> (result: TransferResult, moved: Int) {
        var moved = 0
        while count > 0 {
            let result = writeOnce(to: transport)
            guard case .moved(let taken) = result else { return (result, moved) }
            moved += taken
            drop(taken)
        }
        return (.moved(moved), moved)
    }

    private func writeOnce(to transport: some Transport) -> TransferResult {
        // Pointers into up to four runs at a time, nested: none of them may outlive its closure.
        withRuns(first, skipping: offset, [], transport)
    }

    private func withRuns(_ index: Int, skipping: Int, _ vectors: [iovec], _ transport: some Transport)
        -> TransferResult
    {
        guard index < runs.count, vectors.count < Self.vectorsMax else {
            return vectors.withUnsafeBufferPointer { transport.write($0) }
        }
        return runs[index].withUnsafeBytes { bytes in
            let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.advanced(by: skipping)
            let vector = iovec(iov_base: start, iov_len: bytes.count - skipping)
            return withRuns(index + 1, skipping: 0, vectors + [vector], transport)
        }
    }

    private mutating func drop(_ taken: Int) {
        count -= taken
        var rest = taken
        while rest > 0, first < runs.count {
            let left = runs[first].count - offset
            guard rest >= left else {
                offset += rest
                return
            }
            rest -= left
            runs[first] = .bytes([])
            first += 1
            offset = 0
        }
        if first == runs.count {
            runs.removeAll(keepingCapacity: false)
            first = 0
        }
    }

    private static let vectorsMax = 8
}
