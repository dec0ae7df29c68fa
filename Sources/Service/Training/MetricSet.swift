import Operators
import TensorCore
import Training

/// The metrics of all outputs of a model, and what they have gathered.
struct MetricSet: Sendable {
    private struct Entry: Sendable {
        let name: String
        let output: Int
        let isWeighted: Bool
        var metric: any Metric
    }

    private let outputs: [String]
    private var entries: [Entry] = []

    init(outputs: [String]) { self.outputs = outputs }

    /// Adds a metric; of several outputs each puts its name before the metric's.
    mutating func add(_ metric: any Metric, of output: Int, isWeighted: Bool) {
        let base = outputs.count > 1 ? "\(outputs[output])_\(metric.name)" : metric.name
        var name = base
        var number = 1
        while entries.contains(where: { $0.name == name }) {
            name = "\(base)_\(number)"
            number += 1
        }
        entries.append(Entry(name: name, output: output, isWeighted: isWeighted, metric: metric))
    }

    /// Takes a batch into account.
    mutating func update(_ batch: TrainingBatch, outputs: [Tensor]) throws {
        for index in entries.indices {
            let output = entries[index].output
            let weights = entries[index].isWeighted ? batch.sampleWeights(of: output) : nil
            try entries[index].metric.update(batch.targets[output], outputs[output], weights: weights)
        }
    }

    /// Whether they can be told of such targets and outputs: one example of zeros is tried on a copy.
    ///
    /// - Throws: what a metric throws when it does not fit.
    func check(targets: [TensorSpec], outputs: [TensorSpec]) throws {
        func zeros(_ specs: [TensorSpec]) throws -> [Tensor]? {
            let single = specs.map { $0.rank > 0 ? $0.with($0.shape.replacing(0, with: 1)) : $0 }
            return single.allSatisfy(\.shape.isKnown) ? try single.map { try Tensor.zeros($0.shape, $0.dtype) } : nil
        }
        guard let targets = try zeros(targets), let outputs = try zeros(outputs) else { return }
        var copy = self
        for index in copy.entries.indices {
            let output = copy.entries[index].output
            try copy.entries[index].metric.update(targets[output], outputs[output], weights: nil)
        }
    }

    /// What came out so far.
    var results: [NamedNumber] { entries.map { NamedNumber($0.name, $0.metric.number) } }

    /// The loss of each output, where there are several.
    func losses(_ parts: [Double]) -> [NamedNumber] {
        outputs.count > 1 ? zip(outputs, parts).map { NamedNumber("\($0)_loss", $1) } : []
    }
}
