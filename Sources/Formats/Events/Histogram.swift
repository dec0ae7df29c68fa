import TensorCore

/// How values are spread, in the buckets of TensorFlow's own histograms: each bound a tenth larger than the last.
public struct Histogram: Hashable, Sendable {
    public private(set) var minimum = Double.infinity
    public private(set) var maximum = -Double.infinity
    public private(set) var count = 0.0
    public private(set) var sum = 0.0
    public private(set) var sumOfSquares = 0.0
    private var counts: [Double]

    /// The upper bound of each bucket; the last one holds the rest.
    static let bounds: [Double] = {
        var positive: [Double] = []
        // From 1e-12 up to 1e20, as in tensorflow/core/lib/histogram.
        var bound = 1e-12
        while bound < 1e20 {
            positive.append(bound)
            bound *= 1.1
        }
        positive.append(.greatestFiniteMagnitude)
        return positive.reversed().map { -$0 } + [0] + positive
    }()

    public init() { counts = Array(repeating: 0, count: Histogram.bounds.count) }

    /// Of a tensor's elements. What is not finite has no place among the buckets and is left out.
    public init(_ tensor: Tensor) {
        self.init()
        switch tensor.dtype {
        case .float32: for value in tensor.scalars(Float.self) { add(Double(value)) }
        case .float64: for value in tensor.scalars(Double.self) { add(value) }
        case .float16: for value in tensor.scalars(Float16Bits.self) { add(Double(value.float)) }
        case .bfloat16: for value in tensor.scalars(BFloat16Bits.self) { add(Double(value.float)) }
        case .int8: for value in tensor.scalars(Int8.self) { add(Double(value)) }
        case .int16: for value in tensor.scalars(Int16.self) { add(Double(value)) }
        case .int32: for value in tensor.scalars(Int32.self) { add(Double(value)) }
        case .int64: for value in tensor.scalars(Int64.self) { add(Double(value)) }
        case .uint8: for value in tensor.scalars(UInt8.self) { add(Double(value)) }
        case .uint16: for value in tensor.scalars(UInt16.self) { add(Double(value)) }
        case .uint32: for value in tensor.scalars(UInt32.self) { add(Double(value)) }
        case .uint64: for value in tensor.scalars(UInt64.self) { add(Double(value)) }
        case .bool: for value in tensor.scalars(Bool.self) { add(value ? 1 : 0) }
        }
    }

    public mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        count += 1
        sum += value
        sumOfSquares += value * value
        counts[Histogram.bucket(of: value)] += 1
    }

    /// The first bucket whose bound lies above the value.
    private static func bucket(of value: Double) -> Int {
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Appends the fields of a HistogramProto; of several empty buckets side by side only the last is written.
    func append(to message: inout ProtocolBufferWriter) {
        message.double(1, count > 0 ? minimum : 0)
        message.double(2, count > 0 ? maximum : 0)
        message.double(3, count)
        message.double(4, sum)
        message.double(5, sumOfSquares)
        var limits: [Double] = []
        var filled: [Double] = []
        for (index, count) in counts.enumerated() {
            let isLast = index == counts.count - 1
            guard count > 0 || isLast || counts[index + 1] > 0 else { continue }
            limits.append(Histogram.bounds[index])
            filled.append(count)
        }
        message.packed(6, limits)
        message.packed(7, filled)
    }
}
