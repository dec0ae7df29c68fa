import Operators
import TensorCore

/// What layers that make one tensor out of several have in common.
///
/// - Shapes: the inputs stretch to each other; one with fewer axes gets new ones after the batch.
/// - Source: tf.keras.layers.Add and its like.
public class MergeLayer: StatelessLayer {
    /// Fewer inputs than these are refused.
    class var inputsMin: Int { 1 }
    /// More inputs than these are refused; nil for any number.
    class var inputsMax: Int? { nil }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        guard inputs.count >= Self.inputsMin, inputs.count <= Self.inputsMax ?? Int.max else {
            let expected =
                Self.inputsMax == nil ? "at least \(Self.inputsMin) input" : "exactly \(Self.inputsMin) inputs"
            throw LayerError(
                .value, "A \(namingClass) layer should be called on a list of \(expected). Received: \(inputs.count)")
        }
        return Tensors(try merge(inputs.array))
    }

    /// The one tensor out of the several.
    func merge(_ inputs: [Tensor]) throws -> Tensor {
        throw LayerError(.notImplemented, "\(namingClass) does not say how it merges")
    }

    /// Combines the inputs one after the other.
    final func reduce(_ inputs: [Tensor], _ combine: (Tensor, Tensor) throws -> Tensor) throws -> Tensor {
        let rank = inputs.map(\.rank).max() ?? 0
        let aligned = try inputs.map { input in
            guard input.rank > 0, input.rank < rank else { return input }
            return try expandDimensions(input, axes: Array(1...rank - input.rank))
        }
        do {
            return try aligned.dropFirst().reduce(aligned[0], combine)
        } catch TensorError.shapeMismatch {
            throw LayerError(.value, "Inputs have incompatible shapes. Received shapes \(inputs.map(\.shape))")
        }
    }

    /// The steps that all masked inputs have.
    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? {
        let masks = inputMasks(inputs).compactMap { $0 }
        guard let first = masks.first else { return nil }
        return try masks.dropFirst().reduce(first) { try logicalAnd($0, $1) }
    }
}

extension Layer {
    /// The mask of each input, nil for those without.
    final func inputMasks(_ inputs: Tensors) -> [Tensor?] {
        let masks = MaskTable.current(in: Context.current)
        return inputs.array.map { masks?[Tensors($0)] }
    }
}
