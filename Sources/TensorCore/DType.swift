/// The type of a tensor's elements. Names are TensorFlow's and NumPy's.
@frozen public enum DType: UInt8, Sendable, CaseIterable {
    case float32, float64, float16, bfloat16
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// `"float32"`, as it stands in JSON and in messages.
    public var name: String {
        switch self {
        case .float32: "float32"
        case .float64: "float64"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .bool: "bool"
        }
    }

    /// The type called `name`, nil when there is none.
    public init?(name: some StringProtocol) {
        guard let dtype = DType.allCases.first(where: { $0.name == name }) else { return nil }
        self = dtype
    }

    /// Bytes of one element.
    @inlinable public var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    @inlinable public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        default: false
        }
    }

    @inlinable public var isInteger: Bool { !isFloatingPoint && self != .bool }
}

extension DType: CustomStringConvertible {
    public var description: String { name }
}

/// A Swift type whose values a tensor can hold.
public protocol TensorScalar: Sendable, Hashable {
    static var dtype: DType { get }
    /// Zero, or false.
    init()
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int8: TensorScalar { public static var dtype: DType { .int8 } }
extension Int16: TensorScalar { public static var dtype: DType { .int16 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension UInt16: TensorScalar { public static var dtype: DType { .uint16 } }
extension UInt32: TensorScalar { public static var dtype: DType { .uint32 } }
extension UInt64: TensorScalar { public static var dtype: DType { .uint64 } }
extension Bool: TensorScalar { public static var dtype: DType { .bool } }
extension Float16Bits: TensorScalar { public static var dtype: DType { .float16 } }
extension BFloat16Bits: TensorScalar { public static var dtype: DType { .bfloat16 } }
