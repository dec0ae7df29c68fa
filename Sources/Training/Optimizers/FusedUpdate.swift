import Operators
import TensorCore

/// One step of an elementwise rule for several variables of one dtype.
///
/// Its outputs are memory of their own, so that a plan's go straight into the next snapshot.
///
/// - Shapes: the learning rate `[]` float32, the step `[]` int64 and the rule's scalars `[]`, then for each variable its
///   value, its gradient and its slots, all of one shape → for each variable its new value and its new slots.
/// - Throws: `TensorError.unsupportedDType`, `.dtypeMismatch`, `.shapeMismatch`.
struct FusedUpdate: Operator {
    let rule: any ElementwiseRule
    let kernel: UpdateKernel
    let scalarCount: Int
    let decay: Double

    init(rule: any ElementwiseRule, scalarCount: Int, decay: Double) {
        self.rule = rule
        kernel = rule.kernel
        self.scalarCount = scalarCount
        self.decay = decay
    }

    var name: String { "update by \(rule.name)" }
    /// Inputs before those of the first variable.
    private var headCount: Int { 2 + scalarCount }
    private var inputCount: Int { kernel.slotCount + 2 }
    private var outputCount: Int { kernel.slotCount + 1 }

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        guard inputs.count >= headCount, (inputs.count - headCount) % inputCount == 0 else {
            throw .invalidArgument(operator: name, message: "\(inputs.count) inputs are not those of whole variables")
        }
        var outputs: [TensorSpec] = []
        for start in stride(from: headCount, to: inputs.count, by: inputCount) {
            let variable = inputs[start]
            guard kernel.takes(variable.dtype) else {
                throw .unsupportedDType(operator: name, received: variable.dtype)
            }
            guard variable.dtype == inputs[headCount].dtype else {
                throw .dtypeMismatch(operator: name, left: inputs[headCount].dtype, right: variable.dtype)
            }
            for part in inputs[start + 1..<start + inputCount] {
                guard part.dtype == variable.dtype else {
                    throw .dtypeMismatch(operator: name, left: variable.dtype, right: part.dtype)
                }
                guard variable.shape.accepts(part.shape) else {
                    throw .shapeMismatch(
                        operator: name, left: variable.shape, right: part.shape,
                        rule: "a gradient and a slot have their variable's shape")
                }
            }
            outputs += repeatElement(variable, count: outputCount)
        }
        return outputs
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let outputs = outputs
        compute(inputs.count, { inputs[$0] }, { outputs[$0].pointer })
        withExtendedLifetime(inputs) {}
    }

    func run(_ frame: inout Frame, _ step: borrowing PlanStep) throws(TensorError) {
        let (inputs, first) = (step.inputs, step.firstOutput)
        let variableCount = (inputs.count - headCount) / inputCount
        for variable in 0..<variableCount {
            let spec = frame[inputs[headCount + variable * inputCount]].spec
            for output in first + variable * outputCount..<first + (variable + 1) * outputCount {
                frame[output] = try frame.makeOutput(output, spec)
            }
        }
        compute(inputs.count, { frame[inputs[$0]] }, { frame[first + $0].buffer.pointer })
    }

    /// Gathers the addresses without allocating: this runs at every training step.
    private func compute(
        _ count: Int, _ input: (Int) -> Tensor, _ output: (Int) -> UnsafeMutableRawPointer
    ) {
        let variableCount = (count - headCount) / inputCount
        guard variableCount > 0 else { return }
        var numbers = rule.numbers(moment(input))
        numbers[0] = decay * Double(input(0).pointer(to: Float.self).pointee)
        let dtype = input(headCount).dtype
        withUnsafeTemporaryAllocation(of: Int.self, capacity: variableCount) { counts in
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: variableCount * inputCount) { sources in
                withUnsafeTemporaryAllocation(
                    of: UnsafeMutableRawPointer?.self, capacity: variableCount * outputCount
                ) { targets in
                    for variable in 0..<variableCount {
                        let start = variable * inputCount
                        counts[variable] = input(headCount + start).elementCount
                        for part in start..<start + inputCount { sources[part] = input(headCount + part).pointer }
                        for part in variable * outputCount..<(variable + 1) * outputCount {
                            targets[part] = output(part)
                        }
                    }
                    kernel.run(
                        dtype, UnsafeBufferPointer(counts), UnsafeBufferPointer(sources),
                        into: UnsafeBufferPointer(targets), numbers)
                }
            }
        }
    }

    private func moment(_ input: (Int) -> Tensor) -> MomentValues {
        var scalars = SIMD4<Double>()
        for index in 0..<min(4, scalarCount) { scalars[index] = input(2 + index).scalarValue }
        return MomentValues(
            learningRate: Double(input(0).pointer(to: Float.self).pointee),
            step: input(1).pointer(to: Int64.self).pointee, scalars: scalars)
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] { throw .notDifferentiable(operator: name) }
}

extension Tensor {
    /// The first element of a concrete float or int64 tensor.
    var scalarValue: Double {
        switch dtype {
        case .float32: Double(pointer(to: Float.self).pointee)
        case .float64: pointer(to: Double.self).pointee
        case .int64: Double(pointer(to: Int64.self).pointee)
        default: preconditionFailure("a scalar of \(dtype)")
        }
    }
}
