import TensorCore

/// Examples to learn from, or to be judged by.
public struct TrainingBatch: Sendable {
    /// In the order of the model's inputs.
    public var inputs: [Tensor]
    /// In the order of the model's outputs.
    public var targets: [Tensor]
    /// How much each example counts: none, one for all outputs, or one for each.
    public var sampleWeights: [Tensor]

    public init(inputs: [Tensor], targets: [Tensor], sampleWeights: [Tensor] = []) {
        self.inputs = inputs
        self.targets = targets
        self.sampleWeights = sampleWeights
    }

    /// The weights of one output's examples, nil for none.
    func sampleWeights(of output: Int) -> Tensor? {
        sampleWeights.count > 1 ? sampleWeights[output] : sampleWeights.first
    }

    /// How many examples there are; a tensor without a batch is one.
    var exampleCount: Int { inputs.first.map { $0.rank > 0 ? $0.shape[0] : 1 } ?? 0 }

    /// Refuses a batch without examples, and one whose parts have different numbers of them.
    func check() throws(ServiceError) {
        guard exampleCount > 0 else { throw .unfit("inputs holds no example; a loss needs one at the least") }
        func count(_ tensors: [Tensor], _ what: String) throws(ServiceError) {
            for (index, tensor) in tensors.enumerated() where tensor.rank > 0 && tensor.shape[0] != exampleCount {
                let name = tensors.count > 1 ? "\(what)[\(index)]" : what
                throw .unfit("\(name) has \(tensor.shape[0]) examples, but inputs has \(exampleCount)")
            }
        }
        try count(inputs, "inputs")
        try count(targets, "targets")
        try count(sampleWeights, "sample_weight")
    }
}

/// What programs that are traced for batches are kept by: their tensors with the extent of the batch left open.
struct BatchKey: Hashable {
    let inputs: [TensorSpec]
    let targets: [TensorSpec]
    let sampleWeights: [TensorSpec]

    init(_ batch: TrainingBatch) {
        inputs = batch.inputs.map(\.spec.withOpenBatch)
        targets = batch.targets.map(\.spec.withOpenBatch)
        sampleWeights = batch.sampleWeights.map(\.spec.withOpenBatch)
    }
}

extension TensorSpec {
    /// The same with the extent of its first axis left open.
    var withOpenBatch: TensorSpec { rank > 0 ? with(shape.replacing(0, with: Shape.unknown)) : self }
}
