import TensorCore

// What the shape rules of many operators ask of a dtype. Half-precision types are stored, cast and converted only.

func requireFloats(_ dtype: DType, operator name: @autoclosure () -> String) throws(TensorError) {
    guard dtype == .float32 || dtype == .float64 else {
        throw .unsupportedDType(operator: name(), received: dtype)
    }
}

/// Floats and whole numbers.
func requireNumbers(_ dtype: DType, operator name: @autoclosure () -> String) throws(TensorError) {
    guard dtype == .float32 || dtype == .float64 || dtype.isInteger else {
        throw .unsupportedDType(operator: name(), received: dtype)
    }
}

func requireIndices(_ dtype: DType, operator name: @autoclosure () -> String) throws(TensorError) {
    guard dtype == .int32 || dtype == .int64 else { throw .unsupportedDType(operator: name(), received: dtype) }
}

func requireBooleans(_ dtype: DType, operator name: @autoclosure () -> String) throws(TensorError) {
    guard dtype == .bool else { throw .unsupportedDType(operator: name(), received: dtype) }
}

func requireSame(_ x: TensorSpec, _ y: TensorSpec, operator name: @autoclosure () -> String) throws(TensorError) {
    guard x.dtype == y.dtype else { throw .dtypeMismatch(operator: name(), left: x.dtype, right: y.dtype) }
}

extension Shape {
    /// A shape worked out by an operator: extents may be unknown, but not too large.
    init(result extents: [Int]) throws(TensorError) {
        guard extents.count <= Shape.rankMax, extents.allSatisfy({ $0 <= Shape.extentMax }) else {
            throw .shapeTooLarge(extents: extents)
        }
        self.init(extents)
    }
}
