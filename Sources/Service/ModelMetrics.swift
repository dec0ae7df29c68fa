import Synchronization
import Telemetry
import Training

/// What is counted of one model. Recording takes no lock.
public final class ModelMetrics: Sendable {
    let time: any TimeSource

    // Calls.
    let queueSeconds = Histogram(bounds: Histogram.secondsBounds)
    let computeSeconds = Histogram(bounds: ModelMetrics.computeBounds)
    let runExamples = Histogram(bounds: ModelMetrics.examplesBounds)
    let succeeded = Counter()
    let rejected = Counter()
    let cancelled = Counter()
    let failed = Counter()
    let queueNanoseconds = Counter()
    let computeNanoseconds = Counter()
    private let readNanoseconds = Counter()
    private let writeNanoseconds = Counter()

    // Checkpoints.
    let saveSeconds = Histogram(bounds: ModelMetrics.longBounds)
    let restoreSeconds = Histogram(bounds: ModelMetrics.longBounds)

    // Training.
    private let stepSeconds = Histogram(bounds: ModelMetrics.computeBounds)
    private let trainedExamples = Counter()
    private let loss = Gauge()
    private let gradientNorm = Gauge()
    /// By ``now()``; 0 for never.
    private let gradientNormMeasuredAt = Atomic<UInt64>(0)
    /// Measuring reads all gradients once more, so that not every step is.
    private static let gradientNormInterval: UInt64 = 100_000_000
    /// Wall time of the last new values, in seconds since 1970.
    private let publishedAt = Gauge()

    /// Seconds, from 1 µs: what a small model takes.
    private static let computeBounds =
        [0.000_001, 0.000_0025, 0.000_005, 0.000_01, 0.000_025, 0.000_05]
        + Histogram.secondsBounds
    /// Seconds, to minutes: what files take.
    private static let longBounds = Histogram.secondsBounds.filter { $0 >= 0.001 } + [30, 60, 300]
    private static let examplesBounds: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

    init(time: any TimeSource) {
        self.time = time
        published()
    }

    /// A step of training was taken and its values published.
    ///
    /// - Parameter nanoseconds: from its inputs to the new values.
    func trained(_ result: TrainingStep.Result, nanoseconds: UInt64, examples: Int) {
        stepSeconds.record(Double(nanoseconds) * 1e-9)
        trainedExamples.add(UInt64(max(0, examples)))
        loss.set(result.loss)
        if let norm = result.gradientNorm {
            gradientNorm.set(norm)
            gradientNormMeasuredAt.store(max(1, time.now()), ordering: .relaxed)
        }
        published()
    }

    /// Whether the next step is to tell how large its gradients were.
    var isGradientNormDue: Bool {
        let last = gradientNormMeasuredAt.load(ordering: .relaxed)
        return last == 0 || time.now() &- last >= ModelMetrics.gradientNormInterval
    }

    /// Of all gradients together of the last step that was measured.
    var lastGradientNorm: Double { gradientNorm.value }

    /// New values were published.
    func published() {
        let now = time.wallTime()
        publishedAt.set(Double(now.seconds) + Double(now.nanoseconds) * 1e-9)
    }

    /// A run of the model is over.
    ///
    /// - Parameters:
    ///   - nanoseconds: that it took.
    ///   - calls: that shared it.
    func ran(nanoseconds: UInt64, examples: Int, calls: Int) {
        computeSeconds.record(Double(nanoseconds) * 1e-9)
        computeNanoseconds.add(nanoseconds)
        runExamples.record(Double(examples))
        succeeded.add(UInt64(calls))
    }

    /// Nanoseconds that rise steadily, for ``readInputs(since:)`` and ``wroteOutputs(since:)``.
    public func now() -> UInt64 { time.now() }

    /// The body of a call was made into tensors.
    public func readInputs(since start: UInt64) { readNanoseconds.add(time.now() &- start) }

    /// The outputs of a call were made into an answer.
    public func wroteOutputs(since start: UInt64) { writeNanoseconds.add(time.now() &- start) }

    /// A call left the queue.
    func waited(_ nanoseconds: UInt64) {
        queueSeconds.record(Double(nanoseconds) * 1e-9)
        queueNanoseconds.add(nanoseconds)
    }

    /// A call came to nothing.
    func failed(_ error: any Error) {
        switch error {
        case is CancellationError: cancelled.add()
        case ServiceError.overloaded: rejected.add()
        default: failed.add()
        }
    }

    /// Seconds since the last new values.
    private var ageSeconds: Double {
        let now = time.wallTime()
        return max(0, Double(now.seconds) + Double(now.nanoseconds) * 1e-9 - publishedAt.value)
    }
}

extension ModelMetrics {
    /// The metrics of some models, under names of our own, and under those that dashboards for Triton know.
    static func families(_ models: [Model]) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (Model) -> MetricFamily.Value?
        ) -> MetricFamily {
            var family = MetricFamily(name, kind, help)
            for model in models { if let value = value(model) { family.add([("model", model.name)], value) } }
            return family
        }
        func counts(_ name: String, _ help: String, _ value: (ModelMetrics) -> UInt64) -> MetricFamily {
            family(name, .counter, help) { .number(Double(value($0.metrics))) }
        }
        func seconds(_ name: String, _ help: String, _ nanoseconds: (ModelMetrics) -> Counter) -> MetricFamily {
            family(name, .counter, help) { .number(Double(nanoseconds($0.metrics).value) * 1e-9) }
        }
        func times(_ name: String, _ help: String, _ value: (ModelMetrics) -> Histogram) -> MetricFamily {
            family(name, .histogram, help) { .histogram(value($0.metrics)) }
        }
        var failures = MetricFamily("strata_call_failures_total", .counter, "Calls that came to nothing, by reason.")
        for model in models {
            for (reason, count) in model.metrics.failuresByReason {
                failures.add([("model", model.name), ("reason", reason)], Double(count.value))
            }
        }
        return [
            MetricFamily("strata_models", .gauge, "Models that are loaded.", Double(models.count)),
            counts("strata_calls_total", "Calls answered.") { $0.succeeded.value },
            failures,
            family("strata_calls_waiting", .gauge, "Calls that wait for a thread.") {
                .number(Double($0.waitingCalls))
            },
            times("strata_call_queue_seconds", "What queued calls waited for a thread.") { $0.queueSeconds },
            times("strata_call_compute_seconds", "What a run of the model took.") { $0.computeSeconds },
            times("strata_call_batch_examples", "Examples that were run together.") { $0.runExamples },
            seconds("strata_call_read_seconds_total", "Making bodies of calls into tensors.") { $0.readNanoseconds },
            seconds("strata_call_write_seconds_total", "Making outputs of calls into answers.") { $0.writeNanoseconds },
            times("strata_checkpoint_save_seconds", "What saving took, until it was durable.") { $0.saveSeconds },
            times("strata_checkpoint_restore_seconds", "What restoring took.") { $0.restoreSeconds },
            family("strata_model_version", .gauge, "Rises with every publication of new values.") {
                .number(Double($0.version))
            },
            family("strata_model_step", .gauge, "Steps of training.") { .number(Double($0.step)) },
            family("strata_model_age_seconds", .gauge, "Time since the last new values.") {
                .number($0.metrics.ageSeconds)
            },
            family("strata_model_unsaved", .gauge, "1 while it holds values that no checkpoint has.") {
                .number($0.hasUnsavedValues ? 1 : 0)
            },
            times("strata_train_step_seconds", "What a step of training took.") { $0.stepSeconds },
            counts("strata_train_examples_total", "Examples learned from.") { $0.trainedExamples.value },
            family("strata_train_loss", .gauge, "The loss of the last step.") {
                $0.metrics.stepSeconds.count > 0 ? .number($0.metrics.loss.value) : nil
            },
            family("strata_train_gradient_norm", .gauge, "The norm of all gradients of a step in every 0.1 s.") {
                $0.metrics.gradientNormMeasuredAt.load(ordering: .relaxed) > 0
                    ? .number($0.metrics.gradientNorm.value) : nil
            },
        ] + tritonFamilies(models)
    }

    /// - Source: Triton Inference Server, docs/user_guide/metrics.md
    private static func tritonFamilies(_ models: [Model]) -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (Model) -> Double
        ) -> MetricFamily {
            var family = MetricFamily("nv_inference_" + name, kind, help)
            for model in models { family.add([("model", model.name), ("version", "1")], value(model)) }
            return family
        }
        func microseconds(_ name: String, _ help: String, _ counters: (ModelMetrics) -> [Counter]) -> MetricFamily {
            family(name + "_duration_us", .counter, help + ", in microseconds.") { model in
                Double(counters(model.metrics).reduce(0) { $0 + $1.value } / 1_000)
            }
        }
        var failures = MetricFamily("nv_inference_request_failure", .counter, "Calls that came to nothing.")
        for model in models {
            for (reason, count) in model.metrics.failuresByReason {
                failures.add(
                    [("model", model.name), ("version", "1"), ("reason", reason.uppercased())], Double(count.value))
            }
        }
        return [
            failures,
            family("request_success", .counter, "Calls answered.") { Double($0.metrics.succeeded.value) },
            family("count", .counter, "Examples run.") { $0.metrics.runExamples.sum },
            family("exec_count", .counter, "Runs.") { Double($0.metrics.runExamples.count) },
            family("pending_request_count", .gauge, "Calls that wait.") { Double($0.waitingCalls) },
            microseconds("request", "Reading, waiting, running and writing") {
                [$0.readNanoseconds, $0.queueNanoseconds, $0.computeNanoseconds, $0.writeNanoseconds]
            },
            microseconds("queue", "Waiting") { [$0.queueNanoseconds] },
            microseconds("compute_input", "Making bodies into tensors") { [$0.readNanoseconds] },
            microseconds("compute_infer", "Running") { [$0.computeNanoseconds] },
            microseconds("compute_output", "Making outputs into answers") { [$0.writeNanoseconds] },
        ]
    }

    private var failuresByReason: [(String, Counter)] {
        [("rejected", rejected), ("canceled", cancelled), ("other", failed)]
    }
}
