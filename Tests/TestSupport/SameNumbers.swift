import TensorCore

/// Equal bit for bit, except that every NaN is like the other.
public func sameNumbers(_ left: Tensor, _ right: Tensor) -> Bool {
    func bits(_ tensor: Tensor) -> [UInt64] {
        switch tensor.dtype {
        case .float32: tensor.scalars(Float.self).map { $0.isNaN ? 1 << 40 : UInt64($0.bitPattern) }
        case .float64: tensor.scalars(Double.self).map { $0.isNaN ? .max : $0.bitPattern }
        case .float16: tensor.scalars(Float16Bits.self).map { $0.float.isNaN ? 1 << 40 : UInt64($0.bits) }
        case .bfloat16: tensor.scalars(BFloat16Bits.self).map { $0.float.isNaN ? 1 << 40 : UInt64($0.bits) }
        default: tensor.withUnsafeBytes { $0.map { UInt64($0) } }
        }
    }
    return left.spec == right.spec && bits(left) == bits(right)
}
