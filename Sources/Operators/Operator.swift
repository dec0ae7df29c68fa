import TensorCore

/// One operator: its shape and dtype rule, its forward computation and its gradient, in one place.
///
/// The same definition runs eagerly, under a tape, symbolically in a graph, and inside a plan. The gradient is
/// written in operators, so that it differentiates again and works on symbolic tensors. Operators with one
/// or two inputs and one output conform to ``UnaryOperator`` or ``BinaryOperator``, which spares them the arrays.
public protocol Operator: Sendable {
    /// What messages and graphs call it.
    var name: String { get }

    /// How many of the outputs, at the end, are kept for the gradient only and never seen by a caller:
    /// a dropout mask, the gates of an LSTM.
    var hiddenOutputs: Int { get }

    /// Whether a run does more than compute its outputs, so that two equal ones may not be merged.
    var isStateful: Bool { get }

    /// The outputs, hidden ones included, for inputs such as these; unknown extents are allowed.
    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec]

    /// Computes the outputs; inputs and outputs live until it returns. The inputs have passed ``outputSpecs(_:)``; what depends on their elements (an index out
    /// of range) is refused here.
    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError)

    /// The gradient of each needed input; nil where none flows.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?]

    /// The same, where a gradient may be slices of a table: what tapes and graphs call. By default it is
    /// ``gradients(_:)``; only an operator whose gradient is sparse has one of its own.
    func backward(_ pass: BackwardPass) throws(TensorError) -> [Gradient?]

    /// Applies the operator eagerly to concrete inputs. There is a default for each arity.
    func evaluate(_ inputs: [Tensor]) throws(TensorError) -> [Tensor]

    /// Runs as a step of a plan. There is a default for each arity.
    func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError)
}

/// What the gradient of an operator is computed from.
public struct BackwardPass: Sendable {
    public let inputs: [Tensor]
    /// All outputs, hidden ones included.
    public let outputs: [Tensor]
    /// The gradient that arrived at each output, hidden ones included; nil where none did.
    public let outputGradients: [Tensor?]
    /// Which inputs' gradients will be used; compute no other.
    public let needed: Needed

    public init(inputs: [Tensor], outputs: [Tensor], outputGradients: [Tensor?], needed: Needed) {
        self.inputs = inputs
        self.outputs = outputs
        self.outputGradients = outputGradients
        self.needed = needed
    }

    /// The gradient that arrived at output `index`, zeros where none did.
    public func gradient(at index: Int) throws(TensorError) -> Tensor {
        if let gradient = outputGradients[index] { return gradient }
        return try zerosLike(outputs[index])
    }
}

/// Which inputs of an operator need a gradient.
@frozen public struct Needed: Sendable {
    @usableFromInline var bits: UInt64

    @inlinable public init() { bits = 0 }

    /// All of `count` inputs.
    @inlinable public static func all(_ count: Int) -> Needed {
        var needed = Needed()
        for index in 0..<count { needed[index] = true }
        return needed
    }

    /// Inputs from the 64th on share one answer: all are needed as soon as one is.
    @inlinable public subscript(index: Int) -> Bool {
        get { bits & (1 << UInt64(min(index, 63))) != 0 }
        set {
            let bit: UInt64 = 1 << UInt64(min(index, 63))
            if newValue { bits |= bit } else if index < 63 { bits &= ~bit }
        }
    }

    @inlinable public var isEmpty: Bool { bits == 0 }
}

extension Operator {
    public var name: String { String(describing: Self.self) }
    public var hiddenOutputs: Int { 0 }
    public var isStateful: Bool { false }

    public func backward(_ pass: BackwardPass) throws(TensorError) -> [Gradient?] {
        try gradients(pass).map { $0.map { .dense($0) } }
    }

    public func evaluate(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        var outputs: [Tensor] = []
        for spec in try outputSpecs(inputs.map(\.spec)) { outputs.append(try Tensor(uninitialized: spec)) }
        var buffers = outputs.map(\.buffer)
        try forward(inputs, into: &buffers)
        return outputs
    }

    public func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let inputs = step.inputs.map { frame[$0] }
        var outputs: [Tensor] = []
        for (index, spec) in try outputSpecs(inputs.map(\.spec)).enumerated() {
            outputs.append(try frame.makeOutput(step.firstOutput + index, spec))
        }
        var buffers = outputs.map(\.buffer)
        try forward(inputs, into: &buffers)
        withExtendedLifetime(inputs) {}
        for (index, output) in outputs.enumerated() { frame[step.firstOutput + index] = output }
    }
}

/// An operator of one input and one output. One that has no gradient conforms to ``StepOperator``.
public protocol UnaryOperator: Operator {
    func outputSpec(_ x: TensorSpec) throws(TensorError) -> TensorSpec
    func forward(_ x: Tensor, into y: inout TensorBuffer) throws(TensorError)
    func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor
    /// The gradient as tapes ask for it; by default that of ``gradient(x:y:dy:)``, nil where none flows.
    func backward(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor?
    func evaluate(_ x: Tensor) throws(TensorError) -> Tensor
}

extension UnaryOperator {
    public func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        [try outputSpec(inputs[0])]
    }

    public func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try forward(inputs[0], into: &outputs[0])
    }

    public func backward(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor? {
        try gradient(x: x, y: y, dy: dy)
    }

    public func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dy = pass.outputGradients[0] else { return [nil] }
        return [try backward(x: pass.inputs[0], y: pass.outputs[0], dy: dy)]
    }

    @inlinable
    public func evaluate(_ x: Tensor) throws(TensorError) -> Tensor {
        let y = try Tensor(uninitialized: try outputSpec(x.spec))
        var buffer = y.buffer
        try forward(x, into: &buffer)
        return y
    }

    public func evaluate(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] { [try evaluate(inputs[0])] }

    public func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let x = frame[step.left]
        let y = try frame.makeOutput(step.firstOutput, try outputSpec(x.spec))
        var buffer = y.buffer
        try forward(x, into: &buffer)
        withExtendedLifetime(x) {}
        frame[step.firstOutput] = y
    }
}

/// An operator of two inputs and one output.
public protocol BinaryOperator: Operator {
    func outputSpec(_ x: TensorSpec, _ y: TensorSpec) throws(TensorError) -> TensorSpec
    func forward(_ x: Tensor, _ y: Tensor, into z: inout TensorBuffer) throws(TensorError)
    func gradients(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Tensor?, Tensor?)
    /// The gradients as tapes ask for them; by default those of ``gradients(x:y:z:dz:needed:)``.
    func backward(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Gradient?, Gradient?)
    func evaluate(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor
}

extension BinaryOperator {
    public func backward(
        x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed
    ) throws(TensorError) -> (Gradient?, Gradient?) {
        let (dx, dy) = try gradients(x: x, y: y, z: z, dz: dz, needed: needed)
        return (dx.map { .dense($0) }, dy.map { .dense($0) })
    }

    public func backward(_ pass: BackwardPass) throws(TensorError) -> [Gradient?] {
        guard let dz = pass.outputGradients[0] else { return [nil, nil] }
        let (dx, dy) = try backward(
            x: pass.inputs[0], y: pass.inputs[1], z: pass.outputs[0], dz: dz, needed: pass.needed)
        return [dx, dy]
    }

    public func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        [try outputSpec(inputs[0], inputs[1])]
    }

    public func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        try forward(inputs[0], inputs[1], into: &outputs[0])
    }

    public func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard let dz = pass.outputGradients[0] else { return [nil, nil] }
        let (dx, dy) = try gradients(
            x: pass.inputs[0], y: pass.inputs[1], z: pass.outputs[0], dz: dz, needed: pass.needed)
        return [dx, dy]
    }

    @inlinable
    public func evaluate(_ x: Tensor, _ y: Tensor) throws(TensorError) -> Tensor {
        let z = try Tensor(uninitialized: try outputSpec(x.spec, y.spec))
        var buffer = z.buffer
        try forward(x, y, into: &buffer)
        return z
    }

    public func evaluate(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] {
        [try evaluate(inputs[0], inputs[1])]
    }

    public func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let x = frame[step.left]
        let y = frame[step.right]
        let z = try frame.makeOutput(step.firstOutput, try outputSpec(x.spec, y.spec))
        var buffer = z.buffer
        try forward(x, y, into: &buffer)
        withExtendedLifetime(x) {}
        withExtendedLifetime(y) {}
        frame[step.firstOutput] = z
    }
}

/// An operator of one input whose output moves in steps, or says something about its input: nothing flows back.
public protocol StepOperator: UnaryOperator {}

extension StepOperator {
    public func gradient(x: Tensor, y: Tensor, dy: Tensor) throws(TensorError) -> Tensor {
        throw .notDifferentiable(operator: name)
    }
    public func backward(x: Tensor, y: Tensor, dy: Tensor) -> Tensor? { nil }
}

/// An operator that only looks at its input under another shape: the elements are shared, not copied.
public protocol ViewOperator: UnaryOperator {}

extension ViewOperator {
    public func forward(_ x: Tensor, into y: inout TensorBuffer) {
        y.pointer.copyMemory(from: x.pointer, byteCount: y.spec.byteCount)
    }

    public func evaluate(_ x: Tensor) throws(TensorError) -> Tensor {
        x.viewed(as: try outputSpec(x.spec).shape)
    }

    public func evaluate(_ inputs: [Tensor]) throws(TensorError) -> [Tensor] { [try evaluate(inputs[0])] }

    public func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let x = frame[step.left]
        frame[step.firstOutput] = x.viewed(as: try outputSpec(x.spec).shape)
    }
}
