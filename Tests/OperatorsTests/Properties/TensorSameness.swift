import Glibc
import TensorCore

@testable import Operators

/// Whether two tensors are the same bit for bit; all NaNs are one.
func isSame(_ x: Tensor, _ y: Tensor) -> Bool {
    guard x.spec == y.spec else { return false }
    switch x.dtype {
    case .float32: return zip(x.values, y.values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    case .float64:
        return zip(x.scalars(Double.self), y.scalars(Double.self)).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    default:
        return x.withUnsafeBytes { left in y.withUnsafeBytes { right in left.elementsEqual(right) } }
    }
}

/// Whether two tensors are the same in every byte, for large ones.
func isSameMemory(_ x: Tensor, _ y: Tensor) -> Bool {
    x.spec == y.spec
        && x.withUnsafeBytes { left in
            y.withUnsafeBytes { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return memcmp(left, right, x.spec.byteCount) == 0
            }
        }
}

/// Whether floats differ by some units in the last place of the largest element, and everything else not at all.
func isNear(_ x: Tensor, _ y: Tensor) -> Bool {
    guard x.spec == y.spec, x.dtype == .float32 || x.dtype == .float64 else { return isSame(x, y) }
    let (left, right) = (numbers(x), numbers(y))
    let scale = right.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    let tolerance = scale * (x.dtype == .float32 ? 1e-5 : 1e-13)
    return zip(left, right).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance || ($0.isNaN && $1.isNaN) }
}
