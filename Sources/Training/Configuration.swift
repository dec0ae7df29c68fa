import Formats
import Layers

/// The settings of an optimizer, loss, metric or schedule in JSON, read with their types checked: as of a layer.
public typealias Configuration = LayerConfiguration

extension LayerConfiguration {
    /// Of a name alone, or of `{"class_name", "config"}`.
    ///
    /// - Throws: TypeError naming the place and what was expected there.
    init(named value: JSONValue, path: String) throws {
        if let name = value.string {
            try self.init(["class_name": .string(name), "config": [:]], path: path)
        } else if value["class_name"]?.string != nil {
            try self.init(value, path: path)
        } else {
            throw TrainingError(
                .type, "\(path) must be a name or an object with class_name and config, but it is \(value)")
        }
    }

    func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> TrainingError {
        TrainingError(.type, "\(path).\(key) must be \(expected), but it is \(value)")
    }

    func number(_ key: String) throws -> Double {
        guard let number = try numberIfGiven(key) else {
            throw TrainingError(.value, "\(className) needs \(path).\(key)")
        }
        return number
    }

    /// A number above zero.
    func positive(_ key: String, default standard: Double? = nil) throws -> Double {
        let number = try numberIfGiven(key) ?? standard ?? number(key)
        guard number > 0 else { throw wrongValue(key, "above zero") }
        return number
    }

    func numbersIfGiven(_ key: String) throws -> [Double]? {
        guard let value = json(key) else { return nil }
        if let number = value.double { return [number] }
        guard let numbers = value.array?.map(\.double), !numbers.contains(nil) else {
            throw wrong(key, "a number or an array of numbers", value)
        }
        return numbers.compactMap { $0 }
    }

    func numbers(_ key: String) throws -> [Double] {
        guard let numbers = try numbersIfGiven(key) else {
            throw TrainingError(.value, "\(className) needs \(path).\(key)")
        }
        return numbers
    }

    /// A loss's reduction, in Keras's words or TensorFlow's.
    func reduction(default standard: LossReduction = .sumOverBatchSize) throws -> LossReduction {
        guard let name = try string("reduction") else { return standard }
        guard let reduction = LossReduction(name: name) else {
            let known = LossReduction.allCases.map(\.rawValue).joined(separator: ", ")
            throw TrainingError(.value, "\(path).reduction: there is no reduction '\(name)'; known are \(known)")
        }
        return reduction
    }

    /// The rate that a schedule begins with, in Keras's words or TensorFlow's.
    func initialRate() throws -> Double {
        if let rate = try numberIfGiven("learning_rate") { return rate }
        return try number("initial_learning_rate")
    }

    /// A learning rate, which may be a schedule of its own; nil where the JSON has none.
    func learningRate() throws -> LearningRate? {
        for key in ["learning_rate", "lr"] {
            guard let value = json(key) else { continue }
            if let number = value.double { return .constant(number) }
            guard value.object != nil else { throw wrong(key, "a number or a schedule", value) }
            return .schedule(try TrainingCatalog.schedule(value, path: "\(path).\(key)"))
        }
        return nil
    }
}
