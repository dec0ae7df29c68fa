/// One line of a TensorBoard log: values of a step under their tags.
public struct TensorBoardEvent: Sendable {
    public enum Value: Sendable {
        case scalar(Float)
        case histogram(Histogram)
    }

    /// Seconds since 1970.
    public var time: Double
    public var step: Int64
    public var values: [(tag: String, value: Value)]

    public init(time: Double, step: Int64, values: [(tag: String, value: Value)]) {
        self.time = time
        self.step = step
        self.values = values
    }

    /// The record that a log must begin with.
    public static func fileStart(time: Double) -> [UInt8] {
        var event = ProtocolBufferWriter()
        event.double(1, time)
        event.bytes(3, Array("brain.Event:2".utf8))
        return TFRecord.frame(event.bytes)
    }

    /// This event as a record, ready to be appended.
    public var record: [UInt8] {
        var event = ProtocolBufferWriter()
        event.double(1, time)
        event.varint(2, UInt64(bitPattern: step))
        event.message(5) { summary in
            for (tag, value) in values {
                summary.message(1) { message in
                    message.bytes(1, Array(tag.utf8))
                    switch value {
                    case .scalar(let scalar): message.presentFixed32(2, scalar.bitPattern)
                    case .histogram(let histogram): message.message(5) { histogram.append(to: &$0) }
                    }
                }
            }
        }
        return TFRecord.frame(event.bytes)
    }

    /// A log's name as TensorBoard looks for it.
    ///
    /// - Parameters:
    ///   - time: seconds since 1970, when the log begins.
    ///   - host: tells logs of several machines apart.
    public static func fileName(time: Double, host: String) -> String {
        let seconds = String(Int(time))
        return "events.out.tfevents.\(String(repeating: "0", count: max(0, 10 - seconds.count)))\(seconds).\(host)"
    }
}

extension ProtocolBufferWriter {
    mutating func double(_ field: UInt8, _ value: Double) { presentFixed64(field, value.bitPattern) }

    mutating func packed(_ field: UInt8, _ values: [Double]) {
        var content: [UInt8] = []
        for value in values { content.appendFixed(value.bitPattern) }
        bytes(field, content)
    }
}
