import Formats
import TestSupport

/// What became of one golden file.
public struct GoldenReport: Sendable {
    public let file: String
    public let passed: Int
    /// What failed, case by case.
    public let failures: [String]

    /// `network_scenarios.json: 32 passed, 0 failed`
    public var line: String { "\(file): \(passed) passed, \(failures.count) failed" }
}

/// Runs the cases of one kind of golden file.
struct GoldenKind: Sendable {
    /// Runs all cases of a manifest; gives what went wrong in each, nil for those that passed.
    let run: @Sendable (_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)]
}

/// All golden files of a folder. A file of a kind that nobody knows is a failure of its own.
public enum GoldenSuite {
    /// By `format`, and for `goldens/1` by `group`.
    private static let kinds: [String: GoldenKind] = [
        "network-scenarios/1": GoldenKind(run: runNetworkScenarios),
        "activations": GoldenKind(run: runActivations),
        "losses": GoldenKind(run: runLosses),
        "metrics": GoldenKind(run: runMetrics),
        "lr_schedules": GoldenKind(run: runSchedules),
        "training": GoldenKind(run: runTraining),
        "optimizers_keras": GoldenKind(run: runKerasOptimizers),
        "optimizers_tf_train": GoldenKind(run: runTensorFlowOptimizers),
        "layers_dense": GoldenKind(run: runLayers),
        "layers_conv": GoldenKind(run: runLayers),
        "layers_pool": GoldenKind(run: runLayers),
        "layers_norm": GoldenKind(run: runLayers),
        "layers_rnn": GoldenKind(run: runLayers),
        "layers_keras": GoldenKind(run: runLayers),
        "layers_dropout": GoldenKind(run: runDropout),
        "initializers": GoldenKind(run: runInitializers),
        "regularizers_constraints": GoldenKind(run: runRegularizersAndConstraints),
        "keras-json/1": GoldenKind(run: runKerasModel),
        "tf-checkpoint-manifest/1": GoldenKind(run: runCheckpoints),
    ]

    /// The manifests below the folder, as paths; a Keras model beside its manifest is no manifest.
    public static func files() throws -> [String] {
        var found = try Goldens.names(in: "").filter { $0.hasSuffix(".json") }
        found += try names(in: "keras_json").filter { !$0.hasSuffix(".model.json") && $0.hasSuffix(".json") }
        found += try names(in: "tf_checkpoints").map { $0 + "/manifest.json" }
        return found
    }

    /// The manifests of cases beyond those of the folder, as paths from the root: arguments that the others leave out.
    public static func furtherFiles() throws -> [String] {
        let tests = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
        let folder = tests + "/GoldenFurther"
        return try Goldens.names(in: folder).filter { $0.hasSuffix(".json") }.map { "\(folder)/\($0)" }
    }

    public static func run(_ file: String) -> GoldenReport {
        do {
            let parts = file.split(separator: "/", omittingEmptySubsequences: false)
            let folder = parts.dropLast().joined(separator: "/")
            return try run(JSONValue(parsing: Goldens.bytes(file)), file, folder)
        } catch {
            return GoldenReport(file: file, passed: 0, failures: ["\(error)"])
        }
    }

    /// Runs a manifest that was read from `file`.
    ///
    /// - Parameter folder: where the files lie that the manifest speaks of, below the folder of the goldens.
    public static func run(_ manifest: JSONValue, _ file: String, _ folder: String = "") -> GoldenReport {
        let kind = kind(of: manifest)
        // Cases of a group go by the group's name, others by their file's.
        let name = manifest["group"]?.string ?? file
        do {
            guard let runner = kinds[kind] else {
                return GoldenReport(file: name, passed: 0, failures: ["there is no runner for the kind '\(kind)'"])
            }
            let results = try runner.run(manifest, folder)
            if let count = manifest["case_count"]?.integer, count != results.count {
                throw GoldenFailure("it tells of \(count) cases, but holds \(results.count)")
            }
            guard !results.isEmpty else { return GoldenReport(file: name, passed: 0, failures: ["it holds no case"]) }
            return GoldenReport(
                file: name, passed: results.filter { $0.failure == nil }.count,
                failures: results.compactMap { result in result.failure.map { "\(result.name): \($0)" } })
        } catch {
            return GoldenReport(file: name, passed: 0, failures: ["\(error)"])
        }
    }

    private static func kind(of manifest: JSONValue) -> String {
        let format = manifest["format"]?.string ?? "none"
        return format == "goldens/1" ? manifest["group"]?.string ?? "none" : format
    }

    /// What lies in a folder, as paths; nothing when the folder is not there.
    private static func names(in folder: String) throws -> [String] {
        (try? Goldens.names(in: folder))?.map { folder + "/" + $0 } ?? []
    }
}
