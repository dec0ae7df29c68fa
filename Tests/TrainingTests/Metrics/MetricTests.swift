import Formats
import Operators
import TensorCore
import Testing

@testable import Training

struct MetricTests {
    private func metric(_ name: String, _ config: JSONValue = [:]) throws -> any Metric {
        try TrainingCatalog.metric(["class_name": .string(name), "config": config], path: "metrics[0]")
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    private let labels = Tensor([4], [0, 1, 1, 0])
    private let predictions = Tensor([4], [0.2, 0.9, 0.4, 0.6])

    @Test func countsRightAndWrongByHand() throws {
        for (name, expected) in [
            ("TruePositives", 1), ("FalsePositives", 1), ("TrueNegatives", 1), ("FalseNegatives", 1),
            ("Precision", 0.5),
            ("Recall", 0.5), ("BinaryAccuracy", 0.5),
        ] {
            var metric = try metric(name)
            try metric.update(labels, predictions)
            #expect(metric.number == expected, "\(name)")
        }
    }

    @Test func givesOneFigureForEachThreshold() throws {
        var precision = ConfusionRatio(.precision, thresholds: [0.3, 0.7])
        try precision.update(labels, predictions)
        #expect(isNear(precision.result, [2.0 / 3, 1]))
    }

    private func isNear(_ tensor: Tensor, _ expected: [Double]) -> Bool {
        zip(tensor.values, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 } && tensor.elementCount == expected.count
    }

    @Test func areaIsThatOfRankingByHand() throws {
        // Of the four pairs of a positive and a negative three stand the right way round.
        var area = try AreaUnderCurve(thresholdCount: 1001)
        try area.update(labels, predictions)
        #expect(abs(area.number - 0.75) < 1e-6)
    }

    @Test(arguments: ["AUC", "Precision", "F1Score", "R2Score", "MeanIoU", "tf.metrics.precision_at_k", "mse"])
    func batchesGiveWhatTheWholeGives(name: String) throws {
        let config: JSONValue =
            switch name {
            case "MeanIoU": ["num_classes": 2]
            case "tf.metrics.precision_at_k": ["k": 1]
            default: [:]
            }
        let isWide = ["F1Score", "R2Score", "tf.metrics.precision_at_k", "mse"].contains(name)
        let whole =
            isWide ? (Tensor([4, 1], labels.values), Tensor([4, 1], predictions.values)) : (labels, predictions)
        func rows(_ tensor: Tensor, _ start: Int) -> Tensor {
            tensor.slice(from: start, as: tensor.shape.replacing(0, with: 2))
        }
        func guesses(_ tensor: Tensor) throws -> Tensor { try name == "MeanIoU" ? round(tensor) : tensor }
        let weights = Tensor([4], [1, 2, 0.5, 3])
        var all = try metric(name, config)
        try all.update(whole.0, guesses(whole.1), weights: weights)
        var parts = try metric(name, config)
        for start in [0, 2] {
            try parts.update(rows(whole.0, start), guesses(rows(whole.1, start)), weights: rows(weights, start))
        }
        #expect(abs(all.number - parts.number) < 1e-6 && all.number.isFinite)
        let before = all.number
        all.reset()
        try all.update(whole.0, guesses(whole.1), weights: weights)
        #expect(all.number == before)
    }

    @Test func rankedMetricsCountSetsOfLabels() throws {
        // The greatest two are {2, 0}; the labels are {0, 1}.
        let labels = Tensor([1, 2], [Int64(0), 1])
        let scores = Tensor([1, 3], [0.3, 0.1, 0.6])
        for (figure, expected) in [(RankedCount.Figure.precision, 0.5), (.recall, 0.5), (.averagePrecision, 0.25)] {
            var metric = RankedCount(figure, k: 2, name: "ranked")
            try metric.update(labels, scores)
            #expect(metric.number == expected)
        }
    }

    @Test func namesFollowTheClass() throws {
        #expect(try metric("AUC").name == "auc")
        #expect(try metric("MeanIoU", ["num_classes": 2]).name == "mean_io_u")
        #expect(try metric("tf.metrics.true_positives").name == "true_positives")
        #expect(try metric("Precision", ["name": "p"]).name == "p")
    }

    @Test func refusesWhatDoesNotFit() throws {
        var area = try AreaUnderCurve()
        let beyond = message { try area.update(labels, Tensor([4], [0, 1, 2, 0.5])) }
        #expect(beyond.contains("between 0 and 1") && beyond.contains("2.0"))
        #expect(message { try area.update(labels, Tensor([4], [0, .nan, 1, 0.5])) }.contains("nan"))
        #expect(message { try area.update(labels, Tensor([3], [0, 1, 0.5])) }.contains("[3]"))
        var union = try metric("MeanIoU", ["num_classes": 2])
        #expect(message { try union.update(Tensor([1], [2]), Tensor([1], [0])) }.contains("from 0 to 1"))
        #expect(message { _ = try metric("AUC", ["num_thresholds": 1]) }.contains("num_thresholds"))
        #expect(message { _ = try metric("Precision", ["thresholds": [0.5, 2]]) }.contains("thresholds"))
        #expect(message { _ = try metric("SensitivityAtSpecificity", ["specificity": 2]) }.contains("[0, 1]"))
        #expect(message { _ = try metric("tf.metrics.precison") }.contains("tf.metrics.precision_at_k"))
        #expect(
            message { _ = try metric("IoU", ["num_classes": 2, "target_class_ids": [2]]) }.contains("out of range"))
        var precision = ConfusionRatio(.precision, topK: 5)
        #expect(
            message { try precision.update(Tensor([1, 2], [0, 1]), Tensor([1, 2], [0, 1])) }.contains("no 5 greatest"))
        var left = ConfusionRatio(.precision, thresholds: [0.1])
        #expect(throws: TrainingError.self) { try left.merge(ConfusionRatio(.precision, thresholds: [0.2])) }
    }
}
