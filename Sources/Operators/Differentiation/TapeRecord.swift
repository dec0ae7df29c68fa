import TensorCore

/// One application of an operator, as a tape remembers it. There is one kind for each arity, so that the usual operators
/// need no arrays.
class TapeRecord: @unchecked Sendable {
    // Sendable because neither it nor its subclasses have anything but lets of Sendable types.

    /// Takes the gradients that arrived at the outputs and adds those of the inputs.
    func pass(through flow: inout GradientFlow) throws(TensorError) {}
}

final class UnaryRecord<O: UnaryOperator>: TapeRecord, @unchecked Sendable {
    private let op: O
    private let x: Tensor
    private let y: Tensor

    init(_ op: O, _ x: Tensor, _ y: Tensor) {
        self.op = op
        self.x = x
        self.y = y
    }

    override func pass(through flow: inout GradientFlow) throws(TensorError) {
        guard let dy = try flow.take(y.id) else { return }
        if let dx = try op.backward(x: x, y: y, dy: dy) { try flow.add(.dense(dx), to: x.id) }
    }
}

final class BinaryRecord<O: BinaryOperator>: TapeRecord, @unchecked Sendable {
    private let op: O
    private let x: Tensor
    private let y: Tensor
    private let z: Tensor
    private let needed: Needed

    init(_ op: O, _ x: Tensor, _ y: Tensor, _ z: Tensor, _ needed: Needed) {
        self.op = op
        self.x = x
        self.y = y
        self.z = z
        self.needed = needed
    }

    override func pass(through flow: inout GradientFlow) throws(TensorError) {
        guard let dz = try flow.take(z.id) else { return }
        let (dx, dy) = try op.backward(x: x, y: y, z: z, dz: dz, needed: needed)
        if let dx, needed[0] { try flow.add(dx, to: x.id) }
        if let dy, needed[1] { try flow.add(dy, to: y.id) }
    }
}

final class GeneralRecord: TapeRecord, @unchecked Sendable {
    private let op: any Operator
    private let inputs: [Tensor]
    private let outputs: [Tensor]
    private let needed: Needed

    init(_ op: any Operator, _ inputs: [Tensor], _ outputs: [Tensor], _ needed: Needed) {
        self.op = op
        self.inputs = inputs
        self.outputs = outputs
        self.needed = needed
    }

    override func pass(through flow: inout GradientFlow) throws(TensorError) {
        try flow.pass(through: op, inputs, outputs, needed)
    }
}

/// The gradients on their way back, by the identity of the tensor they belong to.
struct GradientFlow {
    private var gradients = IdentityMap<Gradient>()
    private var kept = IdentitySet()

    subscript(id: UInt64) -> Gradient? { gradients[id] }

    /// The gradient of this tensor will be asked for at the end.
    mutating func keep(_ id: UInt64) { kept.insert(id) }

    mutating func add(_ gradient: Gradient, to id: UInt64) throws(TensorError) {
        if let known = gradients[id] {
            gradients.set(id, try known + gradient)
        } else {
            gradients.set(id, gradient)
        }
    }

    /// What arrived at an output, to be passed on.
    mutating func take(_ id: UInt64) throws(TensorError) -> Tensor? {
        let gradient = kept.contains(id) ? gradients[id] : gradients.take(id)
        return try gradient?.dense
    }

    mutating func pass(
        through op: any Operator, _ inputs: [Tensor], _ outputs: [Tensor], _ needed: Needed
    ) throws(TensorError) {
        guard outputs.contains(where: { gradients.contains($0.id) }) else { return }
        var arrived: [Tensor?] = []
        for output in outputs { arrived.append(try take(output.id)) }
        let pass = BackwardPass(inputs: inputs, outputs: outputs, outputGradients: arrived, needed: needed)
        for (index, gradient) in try op.backward(pass).enumerated() {
            guard let gradient, needed[index] else { continue }
            try add(gradient, to: inputs[index].id)
        }
    }
}
