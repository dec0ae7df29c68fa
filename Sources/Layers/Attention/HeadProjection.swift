import Operators
import TensorCore

/// A projection of all heads at once: the last axes of its input to others.
///
/// - Variables: `kernel [inputs…, outputs…]`, `bias [outputs…]`.
final class HeadProjection: Layer {
    private var inputs: [Int] = []
    private var outputs: [Int] = []
    private weak var attention: HeadedAttention?
    private var kernel: Variable?
    private var bias: Variable?

    /// From which extents to which, and whose settings count.
    func settle(_ inputs: [Int], _ outputs: [Int], _ attention: HeadedAttention) {
        self.inputs = inputs
        self.outputs = outputs
        self.attention = attention
    }

    override func build(_ inputShape: Shape) throws {
        let attention = try attention.required(by: self)
        kernel = try addVariable("kernel", try Shape(checking: inputs + outputs), attention.weightSettings.kernel)
        guard attention.usesBias else { return }
        bias = try addVariable("bias", try Shape(checking: outputs), attention.weightSettings.bias)
    }

    override func call(_ x: Tensor) throws -> Tensor {
        let (rows, columns) = (Shape(inputs).elementCount, Shape(outputs).elementCount)
        let matrix = try reshape(kernel.required(by: self).value, [rows, columns])
        let flat = inputs.count == 1 ? x : try flatten(x, from: x.rank - inputs.count)
        let y = try bias.map { try matmulBias(flat, matrix, reshape($0.value, [columns])) } ?? matmul(flat, matrix)
        return outputs.count == 1 ? y : try splitAxis(y, -1, into: outputs)
    }
}
