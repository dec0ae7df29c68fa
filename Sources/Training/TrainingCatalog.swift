import Formats
import Layers

/// The optimizers, losses, metrics and schedules that JSON may name: one line each.
///
/// Names are Keras's and TensorFlow's, `"Adam"` and `"AdamOptimizer"`, `"mse"` and `"tf.losses.mean_squared_error"`; small and
/// capital letters and underscores make no difference. Each is a name alone or `{"class_name", "config"}`.
public enum TrainingCatalog {
    private typealias Maker<Product> = @Sendable (Configuration) throws -> Product

    // MARK: The lists

    private static let kerasRules: [String: Maker<any UpdateRule>] = [
        "Adadelta": { try KerasAdadelta(configuration: $0) },
        "Adafactor": { try KerasAdafactor(configuration: $0) },
        "Adagrad": { try KerasAdagrad(configuration: $0) },
        "Adam": { try KerasAdam(configuration: $0) },
        "AdamW": { try KerasAdam(configuration: $0) },
        "Adamax": { try KerasAdamax(configuration: $0) },
        "Ftrl": { try KerasFtrl(configuration: $0) },
        "Lion": { try KerasLion(configuration: $0) },
        "Nadam": { try KerasNadam(configuration: $0) },
        "RMSprop": { try KerasRMSprop(configuration: $0) },
        "SGD": { try KerasSGD(configuration: $0) },
    ]

    private static let tensorFlowRules: [String: Maker<any UpdateRule>] = [
        "AdadeltaOptimizer": { try Adadelta(configuration: $0) },
        "AdagradDAOptimizer": { try AdagradDA(configuration: $0) },
        "AdagradOptimizer": { try Adagrad(configuration: $0) },
        "AdamOptimizer": { try Adam(configuration: $0) },
        "FtrlOptimizer": { try Ftrl(configuration: $0) },
        "GradientDescentOptimizer": { _ in GradientDescent() },
        "MomentumOptimizer": { try Momentum(configuration: $0) },
        "ProximalAdagradOptimizer": { try ProximalAdagrad(configuration: $0) },
        "ProximalGradientDescentOptimizer": { try ProximalGradientDescent(configuration: $0) },
        "RMSPropOptimizer": { try RMSProp(configuration: $0) },
    ]

    private static let schedules: [String: Maker<any LearningRateSchedule>] = [
        "CosineDecay": { try CosineDecay(configuration: $0) },
        "CosineDecayRestarts": { try CosineDecayRestarts(configuration: $0) },
        "ExponentialDecay": { try ExponentialDecay(configuration: $0) },
        "InverseTimeDecay": { try InverseTimeDecay(configuration: $0) },
        "LinearCosineDecay": { try LinearCosineDecay(configuration: $0) },
        "NaturalExponentialDecay": { try NaturalExponentialDecay(configuration: $0) },
        "NoisyLinearCosineDecay": { try NoisyLinearCosineDecay(configuration: $0) },
        "OneCycle": { try OneCycle(configuration: $0) },
        "PiecewiseConstantDecay": { try PiecewiseConstantDecay(configuration: $0) },
        "PolynomialDecay": { try PolynomialDecay(configuration: $0) },
        "WarmUp": { try WarmUp(configuration: $0) },
    ]

    private static let kerasLosses: [String: Maker<any Loss>] = [
        "BinaryCrossentropy": { try BinaryCrossentropy(configuration: $0) },
        "BinaryFocalCrossentropy": { try BinaryFocalCrossentropy(configuration: $0) },
        "CategoricalCrossentropy": { try CategoricalCrossentropy(configuration: $0) },
        "CategoricalFocalCrossentropy": { try CategoricalFocalCrossentropy(configuration: $0) },
        "CategoricalHinge": { CategoricalHinge(reduction: try $0.reduction()) },
        "CosineSimilarity": { try CosineSimilarity(configuration: $0) },
        "Hinge": { Hinge(reduction: try $0.reduction()) },
        "Huber": { try Huber(configuration: $0) },
        "KLDivergence": { KLDivergence(reduction: try $0.reduction()) },
        "LogCosh": { LogCosh(reduction: try $0.reduction()) },
        "MeanAbsoluteError": { MeanAbsoluteError(reduction: try $0.reduction()) },
        "MeanAbsolutePercentageError": { MeanAbsolutePercentageError(reduction: try $0.reduction()) },
        "MeanSquaredError": { MeanSquaredError(reduction: try $0.reduction()) },
        "MeanSquaredLogarithmicError": { MeanSquaredLogarithmicError(reduction: try $0.reduction()) },
        "Poisson": { Poisson(reduction: try $0.reduction()) },
        "SparseCategoricalCrossentropy": { try SparseCategoricalCrossentropy(configuration: $0) },
        "SquaredHinge": { SquaredHinge(reduction: try $0.reduction()) },
    ]

    private static let tensorFlowLosses: [String: Maker<any Loss>] = [
        "absolute_difference": { TensorFlowLoss.absoluteDifference(try $0.tensorFlowReduction()) },
        "cosine_distance": {
            TensorFlowLoss.cosineDistance(axis: try $0.integerIfGiven("axis") ?? -1, try $0.tensorFlowReduction())
        },
        "hinge_loss": { TensorFlowLoss.hinge(try $0.tensorFlowReduction()) },
        "huber_loss": {
            TensorFlowLoss.huber(delta: try $0.number("delta", default: 1), try $0.tensorFlowReduction())
        },
        "log_loss": {
            TensorFlowLoss.log(epsilon: try $0.number("epsilon", default: 1e-7), try $0.tensorFlowReduction())
        },
        "mean_pairwise_squared_error": { _ in MeanPairwiseSquaredError() },
        "mean_squared_error": { TensorFlowLoss.meanSquaredError(try $0.tensorFlowReduction()) },
        "sigmoid_cross_entropy": {
            TensorFlowLoss.sigmoidCrossEntropy(
                labelSmoothing: try $0.number("label_smoothing", default: 0), try $0.tensorFlowReduction())
        },
        "softmax_cross_entropy": {
            TensorFlowLoss.softmaxCrossEntropy(
                labelSmoothing: try $0.number("label_smoothing", default: 0), try $0.tensorFlowReduction())
        },
        "sparse_softmax_cross_entropy": { TensorFlowLoss.sparseSoftmaxCrossEntropy(try $0.tensorFlowReduction()) },
    ]

    private static let kerasMetrics: [String: Maker<any Metric>] = [
        "Accuracy": { Accuracy(name: try $0.metricName()) },
        "AUC": { try AreaUnderCurve(configuration: $0) },
        "BinaryAccuracy": {
            BinaryAccuracy(threshold: try $0.number("threshold", default: 0.5), name: try $0.metricName())
        },
        "BinaryIoU": { try IntersectionOverUnion(binary: $0) },
        "CategoricalAccuracy": { CategoricalAccuracy(name: try $0.metricName()) },
        "CosineSimilarity": { try MeanCosineSimilarity(configuration: $0) },
        "F1Score": { try FBetaScore(hasBeta: false, configuration: $0) },
        "FBetaScore": { try FBetaScore(hasBeta: true, configuration: $0) },
        "FalseNegatives": { try ConfusionCount(.falseNegatives, configuration: $0) },
        "FalsePositives": { try ConfusionCount(.falsePositives, configuration: $0) },
        "IoU": { try IntersectionOverUnion(isMean: false, configuration: $0) },
        "MeanIoU": { try IntersectionOverUnion(isMean: true, configuration: $0) },
        "MeanRelativeError": { try MeanRelativeError(configuration: $0) },
        "OneHotIoU": { try IntersectionOverUnion(isMean: false, isOneHot: true, configuration: $0) },
        "OneHotMeanIoU": { try IntersectionOverUnion(isMean: true, isOneHot: true, configuration: $0) },
        "Precision": { try ConfusionRatio(.precision, configuration: $0) },
        "PrecisionAtRecall": { try FigureAtConstraint(.precision, at: .sensitivity, "recall", configuration: $0) },
        "R2Score": { try CoefficientOfDetermination(configuration: $0) },
        "Recall": { try ConfusionRatio(.recall, configuration: $0) },
        "RecallAtPrecision": { try FigureAtConstraint(.sensitivity, at: .precision, "precision", configuration: $0) },
        "RootMeanSquaredError": { RootMeanSquaredError(name: try $0.metricName()) },
        "SensitivityAtSpecificity": {
            try FigureAtConstraint(.sensitivity, at: .specificity, "specificity", configuration: $0)
        },
        "SparseCategoricalAccuracy": { SparseCategoricalAccuracy(name: try $0.metricName()) },
        "SparseTopKCategoricalAccuracy": { try TopKAccuracy(hasSparseLabels: true, configuration: $0) },
        "SpecificityAtSensitivity": {
            try FigureAtConstraint(.specificity, at: .sensitivity, "sensitivity", configuration: $0)
        },
        "TopKCategoricalAccuracy": { try TopKAccuracy(hasSparseLabels: false, configuration: $0) },
        "TrueNegatives": { try ConfusionCount(.trueNegatives, configuration: $0) },
        "TruePositives": { try ConfusionCount(.truePositives, configuration: $0) },
    ]

    private static let tensorFlowMetrics: [String: Maker<any Metric>] = [
        "accuracy": { Accuracy(name: try $0.metricName()) },
        "auc": { try AreaUnderCurve(tensorFlow: $0) },
        "average_precision_at_k": { try RankedCount(.averagePrecision, configuration: $0) },
        "false_negatives": { try ConfusionCount(.falseNegatives, decisions: $0) },
        "false_negatives_at_thresholds": { try ConfusionCount(.falseNegatives, configuration: $0) },
        "false_positives": { try ConfusionCount(.falsePositives, decisions: $0) },
        "false_positives_at_thresholds": { try ConfusionCount(.falsePositives, configuration: $0) },
        "mean_absolute_error": { ElementwiseError(.absolute, name: try $0.metricName()) },
        "mean_cosine_distance": { try MeanCosineDistance(configuration: $0) },
        "mean_iou": { try IntersectionOverUnion(isMean: true, configuration: $0) },
        "mean_per_class_accuracy": { try MeanPerClassAccuracy(configuration: $0) },
        "mean_relative_error": { try MeanRelativeError(configuration: $0) },
        "mean_squared_error": { ElementwiseError(.squared, name: try $0.metricName()) },
        "precision": { try ConfusionRatio(.precision, decisions: $0) },
        "precision_at_k": { try RankedCount(.precision, configuration: $0) },
        "precision_at_thresholds": { try ConfusionRatio(.precision, atThresholds: $0) },
        "precision_at_top_k": { try RankedCount(.precision, arePlaces: true, configuration: $0) },
        "recall": { try ConfusionRatio(.recall, decisions: $0) },
        "recall_at_k": { try RankedCount(.recall, configuration: $0) },
        "recall_at_thresholds": { try ConfusionRatio(.recall, atThresholds: $0) },
        "recall_at_top_k": { try RankedCount(.recall, arePlaces: true, configuration: $0) },
        "root_mean_squared_error": { RootMeanSquaredError(name: try $0.metricName()) },
        "sensitivity_at_specificity": {
            try FigureAtConstraint(
                .sensitivity, at: .specificity, "specificity", choice: .nearest(lastOfSeveral: false),
                configuration: $0)
        },
        "specificity_at_sensitivity": {
            try FigureAtConstraint(
                .specificity, at: .sensitivity, "sensitivity", choice: .nearest(lastOfSeveral: true),
                configuration: $0)
        },
        "true_negatives": { try ConfusionCount(.trueNegatives, decisions: $0) },
        "true_negatives_at_thresholds": { try ConfusionCount(.trueNegatives, configuration: $0) },
        "true_positives": { try ConfusionCount(.truePositives, decisions: $0) },
        "true_positives_at_thresholds": { try ConfusionCount(.truePositives, configuration: $0) },
    ]

    private static let valueMetrics: [String: Maker<any ValueMetric>] = [
        "Mean": { Mean(name: try $0.metricName()) },
        "MeanTensor": { MeanTensor(name: try $0.metricName()) },
        "PercentageBelow": {
            PercentageBelow(threshold: try $0.number("threshold"), name: try $0.metricName())
        },
        "Sum": { Sum(name: try $0.metricName()) },
    ]

    /// Short names, as Keras has them.
    private static let aliases = [
        "bce": "BinaryCrossentropy", "cosineproximity": "CosineSimilarity", "kld": "KLDivergence",
        "kullbackleiblerdivergence": "KLDivergence", "logcosherror": "LogCosh",
        "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError",
        "mse": "MeanSquaredError", "msle": "MeanSquaredLogarithmicError", "naturalexpdecay": "NaturalExponentialDecay",
        "onecyclelr": "OneCycle", "piecewiseconstant": "PiecewiseConstantDecay",
        "sparseaverageprecisionatk": "average_precision_at_k", "sparseprecisionatk": "precision_at_k",
    ]

    // MARK: Making

    /// The optimizer that JSON describes.
    ///
    /// - Parameter path: where it stands, for messages.
    /// - Throws: ValueError or TypeError naming the place, what was expected there and what came.
    public static func optimizer(_ value: JSONValue, path: String) throws -> Optimizer {
        let configuration = try Configuration(named: value, path: path)
        let optimizer: Optimizer
        if let make = find(configuration.className, in: tensorFlowRules) {
            guard let rate = try configuration.learningRate() ?? standardRate(try make(configuration)) else {
                throw TrainingError(.value, "\(configuration.className) needs \(configuration.path).learning_rate")
            }
            for key in ["use_locking"] { _ = configuration.json(key) }
            optimizer = Optimizer(
                try make(configuration), learningRate: rate, name: try configuration.string("name"))
        } else if let make = find(configuration.className, in: kerasRules) {
            optimizer = try kerasOptimizer(try make(configuration), configuration)
        } else {
            throw unknown("optimizer", configuration.className, path, Array(kerasRules.keys) + tensorFlowRules.keys)
        }
        try configuration.finish()
        return optimizer
    }

    /// tf.train's optimizers want to be told a learning rate, but for these.
    private static func standardRate(_ rule: any UpdateRule) -> LearningRate? {
        ["Adam", "Adadelta"].contains(rule.name) ? .constant(rule.defaultLearningRate) : nil
    }

    private static func kerasOptimizer(_ rule: any UpdateRule, _ configuration: Configuration) throws -> Optimizer {
        let clippings: [GradientClipping] = try [
            configuration.numberIfGiven("clipvalue").map { .value($0) },
            configuration.numberIfGiven("clipnorm").map { .norm($0) },
            configuration.numberIfGiven("global_clipnorm").map { .globalNorm($0) },
        ].compactMap { $0 }
        guard clippings.count <= 1 else {
            throw TrainingError(
                .value, "\(configuration.path): at most one of clipnorm, clipvalue and global_clipnorm can be set")
        }
        var averaging: WeightAveraging?
        let (momentum, frequency) = (
            try configuration.number("ema_momentum", default: 0.99),
            try configuration.integerIfGiven("ema_overwrite_frequency")
        )
        if try configuration.bool("use_ema", default: false) {
            guard frequency ?? 1 > 0 else {
                throw TrainingError(.value, "\(configuration.path).ema_overwrite_frequency must be positive")
            }
            averaging = WeightAveraging(momentum: momentum, overwriteFrequency: frequency)
        }
        // What only concerns how Keras itself runs.
        for key in ["jit_compile", "is_legacy_optimizer", "loss_scale_factor", "gradient_accumulation_steps"] {
            _ = configuration.json(key)
        }
        let standardDecay = rule.name == "AdamW" ? 0.004 : nil
        return Optimizer(
            rule, learningRate: try configuration.learningRate(), clipping: clippings.first,
            weightDecay: try (configuration.numberIfGiven("weight_decay") ?? standardDecay).map { WeightDecay($0) },
            averaging: averaging)
    }

    /// The schedule that JSON describes; path and errors as of ``optimizer(_:path:)``.
    public static func schedule(_ value: JSONValue, path: String) throws -> any LearningRateSchedule {
        let configuration = try Configuration(named: value, path: path)
        guard let make = find(configuration.className, in: schedules) else {
            throw unknown("schedule", configuration.className, path, Array(schedules.keys))
        }
        return try finished(make(configuration), configuration)
    }

    /// The loss that JSON describes; path and errors as of ``optimizer(_:path:)``.
    public static func loss(_ value: JSONValue, path: String) throws -> any Loss {
        let configuration = try Configuration(named: value, path: path)
        guard let make = lossMaker(configuration.className) else {
            throw unknown("loss", configuration.className, path, Array(kerasLosses.keys) + tensorFlowLosses.keys)
        }
        return try finished(make(configuration), configuration)
    }

    private static func lossMaker(_ name: String) -> Maker<any Loss>? {
        let prefix = "tf.losses."
        if name.hasPrefix(prefix) { return find(String(name.dropFirst(prefix.count)), in: tensorFlowLosses) }
        return find(name, in: kerasLosses) ?? find(name, in: tensorFlowLosses)
    }

    /// The metric that JSON describes: one of its own, or the mean of a loss's values; path and errors as of
    /// ``optimizer(_:path:)``.
    ///
    /// Names are Keras's, those of tf.metrics stand behind `tf.metrics.`; what only one of them has needs no prefix.
    public static func metric(_ value: JSONValue, path: String) throws -> any Metric {
        let configuration = try Configuration(named: value, path: path)
        let name = configuration.className
        if name.hasPrefix(metricPrefix) {
            guard let make = find(plainName(name), in: tensorFlowMetrics) else {
                throw unknown("metric", name, path, tensorFlowMetrics.keys.map { metricPrefix + $0 })
            }
            return try finished(make(configuration), configuration)
        }
        if ["accuracy", "acc"].contains(name) { return try finished(AutomaticAccuracy(name: name), configuration) }
        if let make = find(name, in: kerasMetrics) { return try finished(make(configuration), configuration) }
        if let make = lossMaker(name) {
            let loss = try make(configuration)
            return try finished(
                LossMetric(loss, name: try configuration.string("name") ?? (value.string ?? loss.name)), configuration)
        }
        if let make = find(name, in: tensorFlowMetrics) { return try finished(make(configuration), configuration) }
        throw unknown("metric", name, path, Array(kerasMetrics.keys) + tensorFlowMetrics.keys + kerasLosses.keys)
    }

    /// The metric of values alone that JSON describes; path and errors as of ``optimizer(_:path:)``.
    public static func valueMetric(_ value: JSONValue, path: String) throws -> any ValueMetric {
        let configuration = try Configuration(named: value, path: path)
        guard let make = find(plainName(configuration.className), in: valueMetrics) else {
            throw unknown("metric of values", configuration.className, path, Array(valueMetrics.keys))
        }
        return try finished(make(configuration), configuration)
    }

    private static let metricPrefix = "tf.metrics."

    fileprivate static func plainName(_ metric: String) -> String {
        metric.hasPrefix(metricPrefix) ? String(metric.dropFirst(metricPrefix.count)) : metric
    }

    // MARK: Looking up

    private static func find<Product>(_ name: String, in makers: [String: Maker<Product>]) -> Maker<Product>? {
        if let exact = makers[name] { return exact }
        let wanted = plain(aliases[plain(name)] ?? name)
        return makers.first { plain($0.key) == wanted }?.value
    }

    /// Without capitals and underscores.
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

    private static func finished<Product>(_ product: Product, _ configuration: Configuration) throws -> Product {
        try configuration.finish()
        return product
    }

    private static func unknown(_ what: String, _ name: String, _ path: String, _ known: [String]) -> TrainingError {
        TrainingError(
            .value, "\(path): there is no \(what) '\(name)'; known are \(known.sorted().joined(separator: ", "))")
    }
}

extension LayerConfiguration {
    fileprivate func tensorFlowReduction() throws -> LossReduction { try reduction(default: .sumByNonzeroWeights) }

    /// The name that results go under: the one that is given, or the class's in small letters.
    func metricName() throws -> String { try string("name") ?? snakeCase(TrainingCatalog.plainName(className)) }
}
