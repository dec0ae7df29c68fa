import TensorCore

/// Where the greatest or the least element along one axis is, the first of equals; a NaN counts as both.
///
/// - Shapes: the axis is dropped; the places are int64.
/// - Throws: `TensorError.invalidArgument` when the axis is empty, `.axisOutOfRange`, `.unsupportedDType`.
struct ArgumentOfExtreme: StepOperator {
    let axis: Int
    let isGreatest: Bool

    var name: String { isGreatest ? "argmax" : "argmin" }
    private var kernel: ReduceKernel { isGreatest ? .argmax : .argmin }

    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec {
        guard kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        let axis = try resolvedAxis(axis, of: x.shape, operator: name)
        guard x.shape[axis] != 0 else {
            throw .invalidArgument(operator: name, message: "axis \(axis) of \(x.shape) is empty")
        }
        return TensorSpec(x.shape.removing(axis), .int64)
    }

    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError) {
        let (outer, middle, inner) = x.shape.around(try resolvedAxis(axis, of: x.shape, operator: name))
        kernel.run(x, into: &y, outer: outer, middle: middle, inner: inner)
    }
}

/// Where the greatest along `axis` is; shapes and errors as in ``ArgumentOfExtreme``.
public func argmax(_ x: Tensor, axis: Int) throws(TensorError) -> Tensor {
    try apply(ArgumentOfExtreme(axis: axis, isGreatest: true), to: x)
}

/// Where the least along `axis` is.
public func argmin(_ x: Tensor, axis: Int) throws(TensorError) -> Tensor {
    try apply(ArgumentOfExtreme(axis: axis, isGreatest: false), to: x)
}
