import Locking
import TensorCore

/// One application of an operator, as a tape remembers it. There is one kind for each arity, so that the usual operators
/// need no arrays; records are values, so that a tape is one block of memory.
enum TapeRecord: Sendable {
    case unary(any UnaryOperator, Tensor, Tensor)
    case binary(any BinaryOperator, Tensor, Tensor, Tensor, Needed)
    case general(any Operator, [Tensor], [Tensor], Needed)

    /// Takes the gradients that arrived at the outputs and adds those of the inputs.
    func pass(through flow: inout GradientFlow) throws(TensorError) {
        switch self {
        case .unary(let op, let x, let y):
            guard let dy = try flow.take(y.id) else { return }
            if let dx = try op.backward(x: x, y: y, dy: dy) { try flow.add(.dense(dx), to: x.id) }
        case .binary(let op, let x, let y, let z, let needed):
            guard let dz = try flow.take(z.id) else { return }
            let (dx, dy) = try op.backward(x: x, y: y, z: z, dz: dz, needed: needed)
            if let dx, needed[0] { try flow.add(dx, to: x.id) }
            if let dy, needed[1] { try flow.add(dy, to: y.id) }
        case .general(let op, let inputs, let outputs, let needed):
            try flow.pass(through: op, inputs, outputs, needed)
        }
    }
}

/// Memory for the records of tapes to come: a training loop opens a tape of about the same length at every step.
enum TapeMemory {
    private static let idle = Lock<[ContiguousArray<TapeRecord>]>([])

    /// Blocks that are kept, and the records of the largest: 4 MiB in all.
    private static let blocksMax = 4
    private static let recordsMax = 4096

    static func take() -> ContiguousArray<TapeRecord> { idle.withLock { $0.popLast() } ?? [] }

    static func give(_ records: consuming ContiguousArray<TapeRecord>) {
        guard records.capacity <= recordsMax else { return }
        records.removeAll(keepingCapacity: true)
        let block = records
        idle.withLock { if $0.count < blocksMax { $0.append(block) } }
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
