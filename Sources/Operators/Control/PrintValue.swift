import TensorCore

/// Its input, which is printed whenever the operator runs.
struct PrintValue: UnaryOperator {
    let message: String
    let sink: @Sendable (String) -> Void
    let isStateful = true

    func outputSpec(_ x: TensorSpec) -> TensorSpec { x }

    func forward(_ x: Tensor, into y: inout TensorBuffer) {
        sink(message + x.summary())
        y.pointer.copyMemory(from: x.pointer, byteCount: y.spec.byteCount)
    }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) -> Tensor { dy }
}

/// `x`, printed as it is computed: eagerly at once, in a graph at each run that needs the result.
///
/// - Parameter sink: what takes the line; standard output by default.
/// - Source: tf.Print (TensorFlow 1.8).
public func printing(
    _ x: Tensor, _ message: String = "", to sink: @escaping @Sendable (String) -> Void = { print($0) }
) throws(TensorError) -> Tensor {
    try apply(PrintValue(message: message, sink: sink), to: x)
}

extension Tensor {
    /// The dtype, the shape and the first few elements: `float32[2, 3] 1.0 2.0 3.0 …`.
    public func summary(elementsMax: Int = 8) -> String {
        guard !isSymbolic else { return description }
        let count = min(elementCount, max(0, elementsMax))
        guard count > 0, let wide = try? Cast(dtype: dtype.isFloatingPoint ? .float64 : .int64).evaluate(self) else {
            return description
        }
        let texts =
            dtype.isFloatingPoint
            ? wide.withElements(Double.self) { $0.prefix(count).map { dtype == .float64 ? "\($0)" : "\(Float($0))" } }
            : wide.withElements(Int64.self) { $0.prefix(count).map { dtype == .bool ? "\($0 != 0)" : "\($0)" } }
        return description + " " + texts.joined(separator: " ") + (count < elementCount ? " …" : "")
    }
}
