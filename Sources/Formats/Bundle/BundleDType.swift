import TensorCore

/// TensorFlow's number for an element type; there are more of them than a tensor here can have.
public struct BundleDType: Hashable, Sendable {
    public let number: Int

    public init(number: Int) { self.number = number }

    public init(_ dtype: DType) {
        let number = BundleDType.known.first { $0.value.dtype == dtype }?.key
        self.number = number ?? 0
    }

    public static let string = BundleDType(number: 7)
    public static let complex64 = BundleDType(number: 8)
    public static let complex128 = BundleDType(number: 18)

    /// The type of a tensor of such elements; nil where none can hold them.
    public var dtype: DType? { BundleDType.known[number]?.dtype }

    /// Bytes of one element; nil for strings and for types that are not known.
    public var byteCount: Int? { BundleDType.known[number]?.byteCount }

    /// TensorFlow's name.
    public var name: String { BundleDType.known[number]?.name ?? (self == .string ? "string" : "dtype \(number)") }

    // The numbers of DataType in TensorFlow's types.proto.
    private static let known: [Int: (name: String, dtype: DType?, byteCount: Int)] = {
        let tensors: [Int: DType] = [
            1: .float32, 2: .float64, 3: .int32, 4: .uint8, 5: .int16, 6: .int8, 9: .int64, 10: .bool, 14: .bfloat16,
            17: .uint16, 19: .float16, 22: .uint32, 23: .uint64,
        ]
        var known = tensors.mapValues { (name: $0.name, dtype: Optional($0), byteCount: $0.byteCount) }
        known[8] = ("complex64", nil, 8)
        known[18] = ("complex128", nil, 16)
        return known
    }()
}
