import HTTP
import Telemetry

/// Buffers that the connections of a loop share, because only one of them runs at a time.
final class LoopScratch: @unchecked Sendable {
    // Sendable because it is used by one loop at a time: the epoll loop that owns it, or the Dispatch
    // loop that has taken it out of the pool.

    /// What is read from sockets comes here first, so an idle connection needs no buffer.
    let input: UnsafeMutableRawBufferPointer
    /// Answers that are about to be written; empty whenever no connection is running.
    var output: [UInt8] = []
    private(set) var date = DateLine()
    private var dateChecked: UInt64?

    init() {
        input = .allocate(byteCount: 65_536, alignment: 64)
        output.reserveCapacity(16_384)
    }

    /// Looks at the wall clock, but not for every answer.
    ///
    /// - Parameter now: monotonic.
    func updateDate(at now: UInt64, _ time: any TimeSource) {
        if let dateChecked, now &- dateChecked < Self.datePrecision { return }
        dateChecked = now
        date.update(unixSeconds: time.wallTime().seconds)
    }

    /// Writes the head of an answer.
    func appendHead(
        _ response: HTTPResponse, _ plan: ResponsePlan, _ id: RequestIdentifier, _ encoder: ResponseEncoder
    ) {
        encoder.appendHead(response.status, response.headers, plan: plan, date: date, id: id, to: &output)
    }

    /// Writes content behind it.
    func append(_ body: HTTPBody) {
        body.withUnsafeBytes { output.append(contentsOf: $0) }
    }

    /// 20 ms
    private static let datePrecision: UInt64 = 20_000_000

    deinit {
        input.deallocate()
    }
}
