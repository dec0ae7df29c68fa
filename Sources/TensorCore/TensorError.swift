/// Tensors that an operator cannot take, or cannot make. The caller can correct it.
public enum TensorError: Error, Equatable, Sendable {
    case rankTooSmall(operator: String, minimum: Int, received: Shape)
    case rankMismatch(operator: String, expected: String, received: Shape)
    case shapeMismatch(operator: String, left: Shape, right: Shape, rule: String)
    case unsupportedDType(operator: String, received: DType)
    case dtypeMismatch(operator: String, left: DType, right: DType)
    case axisOutOfRange(operator: String, axis: Int, shape: Shape)
    case indexOutOfRange(operator: String, index: Int, limit: Int)
    case invalidArgument(operator: String, message: String)
    case shapeTooLarge(extents: [Int])
    case outOfMemory(byteCount: Int)
    /// A value was asked of a tensor that has none before its graph runs.
    case symbolic(operator: String)
    /// Symbolic tensors of different graphs met, or one met where a number was needed.
    case graphMismatch(operator: String)
    /// The user's own operator failed.
    case notDifferentiable(operator: String)
    /// A gradient was asked of something that the tape never saw.
    case tape(String)
    /// A result was not finite while the NaN guard was set to raise.
    case notFinite(operator: String)
    /// A variable was read before it had a value.
    case uninitialized(variable: String)
}

extension TensorError: ReferenceError {
    public var kind: ErrorKind {
        switch self {
        case .unsupportedDType, .dtypeMismatch: .type
        case .outOfMemory, .shapeTooLarge: .resourceExhausted
        case .symbolic, .tape, .notFinite, .uninitialized: .runtime
        case .notDifferentiable: .notImplemented
        default: .value
        }
    }

    public var description: String {
        switch self {
        case .rankTooSmall(let name, let minimum, let received):
            "\(name) needs at least \(minimum) \(minimum == 1 ? "axis" : "axes"), received \(received)"
        case .rankMismatch(let name, let expected, let received):
            "\(name) expects \(expected), received \(received)"
        case .shapeMismatch(let name, let left, let right, let rule):
            "\(name) cannot combine \(left) and \(right): \(rule)"
        case .unsupportedDType(let name, let received):
            "\(name) does not take \(received)"
        case .dtypeMismatch(let name, let left, let right):
            "\(name) needs one dtype, received \(left) and \(right)"
        case .axisOutOfRange(let name, let axis, let shape):
            "\(name): axis \(axis) is outside the \(shape.rank) axes of \(shape)"
        case .indexOutOfRange(let name, let index, let limit):
            "\(name): index \(index) is not in 0 ..< \(limit)"
        case .invalidArgument(let name, let message):
            "\(name): \(message)"
        case .shapeTooLarge(let extents):
            "\(extents) is too large a shape: at most \(Shape.rankMax) axes of at most \(Shape.extentMax)"
        case .outOfMemory(let byteCount):
            "no memory for a tensor of \(byteCount) bytes"
        case .symbolic(let name):
            "\(name) needs a value, but the tensor is symbolic: run it in a session"
        case .graphMismatch(let name):
            "\(name): the tensors belong to different graphs"
        case .notDifferentiable(let name):
            "\(name) has no gradient"
        case .tape(let message):
            message
        case .notFinite(let name):
            "\(name) gave NaN or infinity"
        case .uninitialized(let variable):
            "variable \(variable) has no value yet"
        }
    }
}
