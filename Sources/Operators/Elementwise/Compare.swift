import TensorCore

/// A question about two elements, for numbers; equality for booleans too. NaN equals nothing and is not less than
/// anything.
///
/// - Shapes: as in ``BroadcastingOperator``; the answers are booleans.
protocol ComparisonOperator: BroadcastingStepOperator {}

extension ComparisonOperator {
    func outputSpec(_ x: TensorSpec, _ y: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireSame(x, y, operator: name)
        guard Self.kernel.takes(x.dtype) else { throw .unsupportedDType(operator: name, received: x.dtype) }
        return TensorSpec(try broadcastShape(x.shape, y.shape, operator: name), .bool)
    }
}

struct Equal: ComparisonOperator {
    static var kernel: BinaryKernel { .equal }
}

struct NotEqual: ComparisonOperator {
    static var kernel: BinaryKernel { .notEqual }
}

struct Less: ComparisonOperator {
    static var kernel: BinaryKernel { .less }
}

struct LessOrEqual: ComparisonOperator {
    static var kernel: BinaryKernel { .lessEqual }
}

public func equal(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Equal(), to: x, y) }
public func notEqual(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(NotEqual(), to: x, y) }
public func less(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Less(), to: x, y) }
public func lessEqual(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(LessOrEqual(), to: x, y) }
public func greater(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor { try apply(Less(), to: y, x) }
public func greaterEqual(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
    try apply(LessOrEqual(), to: y, x)
}

// Against one number.
public func equal(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try equal(x, Tensor(y, like: x)) }
public func notEqual(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try notEqual(x, Tensor(y, like: x)) }
public func less(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try less(x, Tensor(y, like: x)) }
public func lessEqual(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try lessEqual(x, Tensor(y, like: x)) }
public func greater(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor { try greater(x, Tensor(y, like: x)) }
public func greaterEqual(_ x: Tensor, _ y: Double) throws(TensorError) -> Tensor {
    try greaterEqual(x, Tensor(y, like: x))
}

extension Tensor {
    /// Element by element, as the operators of SIMD vectors are written.
    public static func .== (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try equal(x, y) }
    public static func .!= (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try notEqual(x, y) }
    public static func .< (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try less(x, y) }
    public static func .<= (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try lessEqual(x, y) }
    public static func .> (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try greater(x, y) }
    public static func .>= (x: Tensor, y: Tensor) throws(TensorError) -> Tensor { try greaterEqual(x, y) }

    /// One number of the dtype of another tensor.
    init(_ number: Double, like x: Tensor) throws(TensorError) { try self.init(repeating: number, [], x.dtype) }
}
