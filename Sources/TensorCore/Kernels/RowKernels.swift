import CKernels

extension Kernels {
    /// Softmax of each row of the last axis, or its logarithm.
    public static func softmaxRows(_ x: Tensor, into y: inout TensorBuffer, logarithm: Bool = false) {
        let count = x.shape.last ?? 1
        guard count > 0, x.elementCount > 0 else { return }
        let rows = x.elementCount / count
        if x.dtype == .float32 {
            ck_softmax_f32(x.pointer(to: Float.self), y.pointer(to: Float.self), rows, count, logarithm ? 1 : 0)
        } else {
            ck_softmax_f64(x.pointer(to: Double.self), y.pointer(to: Double.self), rows, count, logarithm ? 1 : 0)
        }
    }

    /// Sums over the middle of three axes; `outer · middle · inner` is x's element count.
    public static func sum(_ x: Tensor, into y: inout TensorBuffer, outer: Int, middle: Int, inner: Int) {
        if x.dtype == .float32 {
            ck_sum_f32(x.pointer(to: Float.self), y.pointer(to: Float.self), outer, middle, inner)
        } else {
            ck_sum_f64(x.pointer(to: Double.self), y.pointer(to: Double.self), outer, middle, inner)
        }
    }
}
