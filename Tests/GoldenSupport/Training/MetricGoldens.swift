import Formats
import TensorCore
import Training

/// Streaming metrics: what comes out after each batch; again after a reset; and from two copies that are merged.
func runMetrics(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder, fields: ["api", "metric", "config", "batches", "results"]) { item in
        let (batches, results) = (try item.array("batches").map(item.inside), try item.array("results"))
        guard batches.count == results.count, !batches.isEmpty else {
            throw GoldenFailure("has not a result for each batch")
        }
        let expected = try results.map(tensor)
        var metric = try GoldenMetric(item)
        for round in ["", " after a reset"] {
            for (index, batch) in batches.enumerated() {
                try metric.update(batch)
                try expect(metric.result, is: expected[index], within: 2e-6, "the result of batch \(index)\(round)")
            }
            metric.reset()
        }
        var (whole, part) = (try GoldenMetric(item), try GoldenMetric(item))
        for batch in batches.dropLast() { try whole.update(batch) }
        try part.update(batches[batches.count - 1])
        try whole.merge(part)
        try expect(whole.result, is: expected[batches.count - 1], within: 2e-6, "the merged result")
    }
}

private func tensor(_ json: JSONValue) throws -> Tensor {
    try json.bytes.withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        return try reader.tensor(dtype: .float64)
    }
}

/// A metric of labels and predictions, or of values alone.
private enum GoldenMetric {
    case pairs(any Metric)
    case values(any ValueMetric)

    init(_ item: GoldenCase) throws {
        let name = try item.string("metric")
        let className: String
        switch try item.string("api") {
        case "keras": className = name
        case "tf.metrics": className = "tf.metrics." + name
        case let api: throw GoldenFailure("there is no api \(api)")
        }
        let description: JSONValue = ["class_name": .string(className), "config": .object(item.config)]
        let takesPairs = try item.array("batches").first?["args"]?.array?.count == 2
        self =
            takesPairs
            ? .pairs(try TrainingCatalog.metric(description, path: "metric"))
            : .values(try TrainingCatalog.valueMetric(description, path: "metric"))
    }

    mutating func update(_ batch: GoldenCase) throws {
        let arguments = try batch.array("args").map { try batch.tensors.tensor($0.string ?? "") }
        let weights = try batch.tensorIfGiven("sample_weight")
        switch self {
        case .pairs(var metric) where arguments.count == 2:
            try metric.update(arguments[0], arguments[1], weights: weights)
            self = .pairs(metric)
        case .values(var metric) where arguments.count == 1:
            try metric.update(arguments[0], weights: weights)
            self = .values(metric)
        default: throw GoldenFailure("a batch has \(arguments.count) arguments")
        }
    }

    var result: Tensor {
        switch self {
        case .pairs(let metric): metric.result
        case .values(let metric): metric.result
        }
    }

    mutating func reset() {
        switch self {
        case .pairs(var metric):
            metric.reset()
            self = .pairs(metric)
        case .values(var metric):
            metric.reset()
            self = .values(metric)
        }
    }

    mutating func merge(_ other: GoldenMetric) throws {
        switch (self, other) {
        case (.pairs(let metric), .pairs(let other)): self = .pairs(try merged(metric, other))
        case (.values(let metric), .values(let other)): self = .values(try merged(metric, other))
        default: throw GoldenFailure("two copies are not alike")
        }
    }

    private func merged<Kind: Metric>(_ metric: Kind, _ other: any Metric) throws -> Kind {
        guard let other = other as? Kind else { throw GoldenFailure("two copies are not alike") }
        var metric = metric
        try metric.merge(other)
        return metric
    }

    private func merged<Kind: ValueMetric>(_ metric: Kind, _ other: any ValueMetric) throws -> Kind {
        guard let other = other as? Kind else { throw GoldenFailure("two copies are not alike") }
        var metric = metric
        try metric.merge(other)
        return metric
    }
}
