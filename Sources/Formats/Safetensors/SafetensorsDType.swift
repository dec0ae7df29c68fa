import TensorCore

/// The names of element types in safetensors headers.
enum SafetensorsDType {
    static func name(_ dtype: DType) -> String {
        switch dtype {
        case .float32: "F32"
        case .float64: "F64"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .int8: "I8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .uint8: "U8"
        case .uint16: "U16"
        case .uint32: "U32"
        case .uint64: "U64"
        case .bool: "BOOL"
        }
    }

    static func dtype(named name: String) -> DType? { DType.allCases.first { self.name($0) == name } }
}
