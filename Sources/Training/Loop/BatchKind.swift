import TensorCore

/// What programs that are traced for batches are kept by: their tensors with the number of examples left open.
public struct BatchKind: Hashable, Sendable {
    public let inputs: [TensorSpec]
    public let targets: [TensorSpec]
    public let sampleWeights: [TensorSpec]

    public init(_ batch: Examples) {
        func open(_ tensor: Tensor) -> TensorSpec { tensor.spec.with(tensor.shape.replacing(0, with: Shape.unknown)) }
        inputs = batch.inputs.map(open)
        targets = batch.targets.map(open)
        sampleWeights = batch.sampleWeights.map(open)
    }
}
