import CKernels
import Operators
import TensorCore
import TestSupport
import Testing

/// The loops for AVX2, for AVX-512 and for any processor compute the same but for the rounding of their steps: every operator
/// and its gradient, on each level that this processor has.
struct TwinPropertyTests {
    @Test(arguments: OperatorCase.all)
    func twinsAgree(_ operation: OperatorCase) throws {
        // Some whole vectors and a rest.
        let inputs = operation.grownInputs(elements: 400) ?? operation.inputs
        defer { ck_set_level(ck_level_max()) }
        ck_set_level(0)
        let portable = try results(of: operation, inputs)
        for level in 1..<max(1, ck_level_max() + 1) {
            ck_set_level(level)
            let found = try results(of: operation, inputs)
            for (index, (found, portable)) in zip(found, portable).enumerated() {
                #expect(isNear(found, portable), "result \(index) on level \(level)")
            }
        }
    }

    private func results(of operation: OperatorCase, _ inputs: [Tensor]) throws -> [Tensor] {
        var results: [Tensor] = []
        // Single and double precision have loops of their own.
        for inputs in [inputs, inputs.map(widened)] {
            let tape = GradientTape()
            tape.watch(inputs)
            let outputs = try tape.record { try operation.function(inputs) }
            let floats = outputs.filter { $0.dtype == .float32 || $0.dtype == .float64 }
            let found = try tape.gradient(
                of: floats, withRespectTo: inputs, outputGradients: floats.map { try square(identity($0)) })
            results += outputs + found.compactMap { $0 }
        }
        return results
    }
}
