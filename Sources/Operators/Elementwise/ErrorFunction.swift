import TensorCore

/// `y = erf x = 2/√π ∫₀ˣ exp(−t²) dt`; within four units in the last place.
struct ErrorFunction: ElementwiseOperator {
    static var kernel: UnaryKernel { .erf }

    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        try dy * exp(-square(x)) * 1.128_379_167_095_512_6
    }
}

/// The error function, element by element.
public func erf(_ x: Tensor) throws(TensorError) -> Tensor { try apply(ErrorFunction(), to: x) }
