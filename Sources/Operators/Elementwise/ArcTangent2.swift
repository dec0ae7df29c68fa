import TensorCore

/// The angle of the point `(x, y)`, `−π` to `π`; the first input is y.
struct ArcTangent2: BroadcastingOperator {
    static var kernel: BinaryKernel { .arcTangent2 }

    /// With `r² = x² + y²`: `dy = dz · x / r²` and `dx = −dz · y / r²`.
    func gradients(
        x first: Tensor, y second: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?) {
        let scaled = try dz / (square(first) + square(second))
        return (
            needed[0] ? try sumLike(scaled * second, first) : nil,
            needed[1] ? try sumLike(-(scaled * first), second) : nil
        )
    }
}

/// The angle of the point `(x, y)`; shapes and errors as in ``BroadcastingOperator``.
public func atan2(_ y: Tensor, _ x: Tensor) throws(TensorError) -> Tensor { try apply(ArcTangent2(), to: y, x) }
