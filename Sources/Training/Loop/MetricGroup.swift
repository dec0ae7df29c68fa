import TensorCore

/// The metrics of all outputs of a network, and what they have gathered.
public struct MetricGroup: Sendable {
    private struct Entry: Sendable {
        let name: String
        let output: Int
        let isWeighted: Bool
        var metric: any Metric
    }

    private var entries: [Entry] = []

    public init() {}

    /// Adds a metric of an output; of two of one name the second gets a number.
    ///
    /// - Parameter isWeighted: whether sample weights count.
    public mutating func add(
        _ metric: any Metric, of output: Int = 0, named name: String? = nil, isWeighted: Bool = false
    ) {
        let base = name ?? metric.name
        var unique = base
        var number = 1
        while entries.contains(where: { $0.name == unique }) {
            unique = "\(base)_\(number)"
            number += 1
        }
        entries.append(Entry(name: unique, output: output, isWeighted: isWeighted, metric: metric))
    }

    /// Takes a batch into account.
    public mutating func update(_ batch: Examples, outputs: [Tensor]) throws {
        for index in entries.indices {
            let output = entries[index].output
            guard output < batch.targets.count, output < outputs.count else {
                throw TrainingError(
                    .value,
                    "metric \(entries[index].name) is of output \(output), but there are \(outputs.count) outputs and \(batch.targets.count) targets"
                )
            }
            let weights = entries[index].isWeighted ? batch.sampleWeights(of: output) : nil
            try entries[index].metric.update(batch.targets[output], outputs[output], weights: weights)
        }
    }

    public mutating func reset() {
        for index in entries.indices { entries[index].metric.reset() }
    }

    /// What came out so far.
    public var results: Logs { Logs(entries.map { ($0.name, $0.metric.number) }) }
}

extension Examples {
    /// The weights of one output's examples, nil for none.
    func sampleWeights(of output: Int) -> Tensor? {
        sampleWeights.count > 1 ? sampleWeights[output] : sampleWeights.first
    }
}
