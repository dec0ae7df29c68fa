import Operators
import TensorCore

/// Examples to learn from, or to be judged by: each tensor has one in each slice along its first axis.
public struct Examples: Sendable {
    /// In the order of the network's inputs.
    public let inputs: [Tensor]
    /// In the order of the network's outputs; none where only predictions are wanted.
    public let targets: [Tensor]
    /// How much each example counts: none, one for all outputs, or one for each.
    public let sampleWeights: [Tensor]

    /// How many there are.
    public let count: Int

    /// - Throws: ValueError for tensors of different numbers of examples, or without a first axis, or where there are no inputs.
    public init(inputs: [Tensor], targets: [Tensor] = [], sampleWeights: [Tensor] = []) throws {
        guard let first = inputs.first else { throw TrainingError(.value, "examples need at least one input") }
        for (what, tensors) in [("input", inputs), ("target", targets), ("sample weight", sampleWeights)] {
            for (index, tensor) in tensors.enumerated() {
                guard tensor.rank > 0, tensor.shape[0] == first.shape[0] else {
                    throw TrainingError(
                        .value,
                        "\(what) \(index) has the shape \(tensor.shape), but its first axis must hold \(first.rank > 0 ? "\(first.shape[0])" : "the") examples, as input 0 of shape \(first.shape) does"
                    )
                }
            }
        }
        self.init(inputs, targets, sampleWeights, count: first.shape[0])
    }

    /// Examples of a network with one input and one output.
    public init(_ input: Tensor, _ target: Tensor, sampleWeights: Tensor? = nil) throws {
        try self.init(inputs: [input], targets: [target], sampleWeights: sampleWeights.map { [$0] } ?? [])
    }

    private init(_ inputs: [Tensor], _ targets: [Tensor], _ sampleWeights: [Tensor], count: Int) {
        self.inputs = inputs
        self.targets = targets
        self.sampleWeights = sampleWeights
        self.count = count
    }

    private func map(count: Int, _ change: (Tensor) throws(TensorError) -> Tensor) throws(TensorError) -> Examples {
        func changed(_ tensors: [Tensor]) throws(TensorError) -> [Tensor] {
            var results: [Tensor] = []
            for tensor in tensors { results.append(try change(tensor)) }
            return results
        }
        return Examples(try changed(inputs), try changed(targets), try changed(sampleWeights), count: count)
    }

    /// Those in a range; nothing is copied.
    ///
    /// - Precondition: the range lies in `0 ..< count`.
    public func slice(_ range: Range<Int>) -> Examples {
        func part(_ tensor: Tensor) -> Tensor {
            let shape = tensor.shape.replacing(0, with: range.count)
            return tensor.slice(from: range.lowerBound * tensor.shape.dropFirst().elementCount, as: shape)
        }
        return Examples(inputs.map(part), targets.map(part), sampleWeights.map(part), count: range.count)
    }

    /// Those at the given places, int64 `[n]`, in that order.
    ///
    /// - Throws: `TensorError.indexOutOfRange` for a place that is none.
    public func picked(_ places: Tensor) throws(TensorError) -> Examples {
        try map(count: places.elementCount) { (tensor) throws(TensorError) in try gather(tensor, places) }
    }

    /// The first examples to learn from, and the last `share` of them to be judged by, as Keras splits them.
    ///
    /// - Throws: ValueError where either would be empty.
    public func split(validationShare share: Double) throws -> (training: Examples, validation: Examples) {
        let border = share >= 0 && share < 1 ? Int((Double(count) * (1 - share)).rounded(.down)) : 0
        guard border > 0, border < count else {
            throw TrainingError(
                .value,
                "a validation split of \(share) of \(count) examples leaves none on one side; it must lie between 0 and 1"
            )
        }
        return (slice(0..<border), slice(border..<count))
    }

    /// With each example's weight multiplied by that of its class.
    ///
    /// - Parameter weights: by class number; classes that are missing count one.
    /// - Throws: ValueError for several targets.
    /// - Source: the `class_weight` of keras.Model.fit (2.15).
    public func weighted(byClass weights: [Int: Double]) throws -> Examples {
        guard targets.count == 1, let target = targets.first, sampleWeights.count <= 1 else {
            throw TrainingError(.value, "class weights need a single target, but there are \(targets.count)")
        }
        let isSparse = target.rank == 1 || target.shape.last == 1
        let numbers = try cast(isSparse ? target : argmax(target, axis: -1), to: .int64).scalars(Int64.self)
        guard numbers.count == count else {
            throw TrainingError(.value, "class weights need one class an example, but the target is \(target.shape)")
        }
        let own = Tensor([count], numbers.map { Float(weights[Int($0)] ?? 1) })
        let together = try sampleWeights.first.map { try cast($0, to: .float32) * own.viewed(as: $0.shape) } ?? own
        return Examples(inputs, targets, [together], count: count)
    }
}
