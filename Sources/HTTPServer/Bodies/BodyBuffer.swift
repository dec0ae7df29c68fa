import Glibc
import HTTP

/// Memory that content is gathered in: it grows as bytes come, not as the client announces them, and
/// is counted against the budget until the last holder of the body lets go.
final class BodyBuffer: @unchecked Sendable {
    // Sendable because it is written only by the loop of its connection, and never again once `finish`
    // has made a body of it.
    private let budget: MemoryBudget
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    init(budget: MemoryBudget) {
        self.budget = budget
    }

    deinit {
        free(memory)
        budget.release(capacity)
    }

    /// Room for at least one byte and at most `wanted`, to be filled and then taken by `commit`.
    ///
    /// - Parameter expected: the content's whole size where it is known.
    func room(for wanted: Int, expected: Int?) throws(HTTPError) -> UnsafeMutableRawBufferPointer {
        if count + wanted > capacity, capacity == count || capacity < Self.firstCapacity {
            try grow(to: max(min(max(capacity * 2, Self.firstCapacity), expected ?? .max), count + 1))
        }
        return UnsafeMutableRawBufferPointer(
            start: memory?.advanced(by: count), count: min(wanted, capacity - count))
    }

    /// Counts bytes that stand in the room given last.
    func commit(_ bytes: Int) {
        count += bytes
    }

    /// Adds a copy of bytes.
    func append(_ bytes: UnsafeRawBufferPointer, expected: Int? = nil) throws(HTTPError) {
        if count + bytes.count > capacity {
            let doubled = max(capacity * 2, min(Self.firstCapacity, expected ?? Self.firstCapacity))
            try grow(to: max(count + bytes.count, min(doubled, expected ?? .max)))
        }
        if let memory, let source = bytes.baseAddress {
            memory.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        }
        count += bytes.count
    }

    /// The bytes as a body that keeps this buffer alive. Nothing may be added any more.
    func finish() -> HTTPBody {
        count == 0 ? .empty : HTTPBody(adopting: UnsafeRawBufferPointer(start: memory, count: count), owner: self)
    }

    /// Makes room for exactly this many bytes, all at once.
    func grow(to newCapacity: Int) throws(HTTPError) {
        let more = newCapacity - capacity
        guard more > 0 else { return }
        guard budget.reserve(more) else {
            guard newCapacity <= budget.bytesMax else {
                throw HTTPError(
                    .contentTooLarge, "the content exceeds the \(budget.bytesMax) bytes kept for all contents")
            }
            throw HTTPError(
                .overloaded, "the contents of other requests hold the memory kept for them; try again",
                headers: ["retry-after": "1"])
        }
        guard let grown = realloc(memory, newCapacity) else {
            budget.release(more)
            throw HTTPError(.overloaded, "there is no memory for the content; try again", headers: ["retry-after": "1"])
        }
        memory = grown
        capacity = newCapacity
    }

    private static let firstCapacity = 65_536
}
