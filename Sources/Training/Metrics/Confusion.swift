import Operators
import TensorCore

/// How often predictions above a threshold are right and wrong, for several thresholds at once, in double precision.
///
/// - Source: keras.utils.metrics_utils.update_confusion_matrix_variables (2.15), tf.metrics (TensorFlow 1.8).
public struct Confusion: Sendable {
    public let thresholds: [Float]
    /// Weighted counts, one for each threshold.
    public private(set) var truePositives: [Double]
    public private(set) var falsePositives: [Double]
    public private(set) var trueNegatives: [Double]
    public private(set) var falseNegatives: [Double]

    /// Where each threshold stands among the sorted ones, and these.
    private let order: [Int]
    private let sorted: [Float]
    private let isEven: Bool

    /// - Parameters:
    ///   - thresholds: a prediction is positive when it is strictly greater.
    ///   - areEven: whether the thresholds count as `0, 1/(n−1) … 1`, of which the first lies below all predictions and the
    ///     last above; nil to find out.
    public init(thresholds: [Double], areEven: Bool? = nil) {
        self.thresholds = thresholds.map { Float($0) }
        let values = self.thresholds
        order = values.indices.sorted { values[$0] < values[$1] }
        sorted = order.map { values[$0] }
        isEven = areEven ?? Confusion.isEven(thresholds)
        let zeros = Array(repeating: 0.0, count: thresholds.count)
        (truePositives, falsePositives, trueNegatives, falseNegatives) = (zeros, zeros, zeros, zeros)
    }

    /// Thresholds `0, 1/(n−1) … 1`, the ends moved outwards by `margin` so that all predictions lie between.
    static func evenThresholds(_ count: Int, margin: Double = kerasEpsilon) -> [Double] {
        guard count > 1 else { return [0.5] }
        return [-margin] + (1..<count - 1).map { Double($0) / Double(count - 1) } + [1 + margin]
    }

    private static func isEven(_ thresholds: [Double]) -> Bool {
        let last = Double(thresholds.count - 1)
        // As near as numpy.allclose wants them.
        return thresholds.count >= 3
            && thresholds.enumerated().allSatisfy { index, threshold in
                let even = Double(index) / last
                return abs(threshold - even) <= kerasEpsilon + 1e-5 * even
            }
    }

    /// Takes examples into account.
    ///
    /// - Parameters:
    ///   - labels: positive where not zero.
    ///   - weights: as many as labels, or none for ones.
    mutating func add(labels: [Double], predictions: [Float], weights: [Double]) {
        // How much lies above exactly the first so many of the sorted thresholds.
        var positives = Array(repeating: 0.0, count: thresholds.count + 1)
        var negatives = positives
        for (index, prediction) in predictions.enumerated() {
            let weight = weights.isEmpty ? 1 : weights[index]
            let place = thresholdsBelow(prediction)
            if labels[index] != 0 { positives[place] += weight } else { negatives[place] += weight }
        }
        let (allPositives, allNegatives) = (positives.reduce(0, +), negatives.reduce(0, +))
        var (truePositives, falsePositives) = (0.0, 0.0)
        for place in sorted.indices.reversed() {
            truePositives += positives[place + 1]
            falsePositives += negatives[place + 1]
            let threshold = order[place]
            self.truePositives[threshold] += truePositives
            self.falsePositives[threshold] += falsePositives
            self.trueNegatives[threshold] += allNegatives - falsePositives
            self.falseNegatives[threshold] += allPositives - truePositives
        }
    }

    private func thresholdsBelow(_ prediction: Float) -> Int {
        if isEven {
            // Keras finds the place by multiplying, in float32.
            let place = (prediction * Float(thresholds.count - 1)).rounded(.up) - 1
            return min(max(Int(place), 0), thresholds.count - 2) + 1
        }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if prediction > sorted[middle] { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// - Throws: ValueError for counts at other thresholds.
    mutating func merge(_ other: Confusion) throws {
        guard thresholds == other.thresholds else {
            throw TrainingError(.value, "Counts at \(thresholds) cannot be merged with counts at \(other.thresholds)")
        }
        for index in thresholds.indices {
            truePositives[index] += other.truePositives[index]
            falsePositives[index] += other.falsePositives[index]
            trueNegatives[index] += other.trueNegatives[index]
            falseNegatives[index] += other.falseNegatives[index]
        }
    }

    /// The same without any counts.
    var cleared: Confusion { Confusion(thresholds: thresholds.map(Double.init), areEven: isEven) }

    /// `tp / (tp + fp)` at each threshold, zero without positive predictions.
    func precisions(addingToDivisor epsilon: Double = 0) -> [Double] {
        zip(truePositives, falsePositives).map { quotient($0, $0 + $1 + epsilon) }
    }

    /// `tp / (tp + fn)` at each threshold.
    func recalls(addingToDivisor epsilon: Double = 0) -> [Double] {
        zip(truePositives, falseNegatives).map { quotient($0, $0 + $1 + epsilon) }
    }

    /// `tn / (tn + fp)` at each threshold.
    func specificities(addingToDivisor epsilon: Double = 0) -> [Double] {
        zip(trueNegatives, falsePositives).map { quotient($0, $0 + $1 + epsilon) }
    }
}

/// A quotient that is zero where the divisor is.
func quotient(_ dividend: Double, _ divisor: Double) -> Double { divisor == 0 ? 0 : dividend / divisor }
