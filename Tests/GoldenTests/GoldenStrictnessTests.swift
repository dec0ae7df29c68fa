import Formats
import GoldenSupport
import TestSupport
import Testing

/// What a golden file says that nobody looks at must not pass for met.
struct GoldenStrictnessTests {
    @Test func anUnknownKindFails() {
        let kinds: [JSONValue] = [
            ["format": "goldens/1", "group": "layers_more", "cases": [[:]]], ["format": "goldens/2", "cases": [[:]]],
            [:],
        ]
        for kind in kinds {
            let report = GoldenSuite.run(kind, "more.json")
            #expect(report.passed == 0 && report.failures.count == 1)
        }
    }

    private static let groups = [
        "activations", "initializers", "layers_conv", "layers_dense", "layers_dropout", "layers_keras", "layers_norm",
        "layers_pool", "layers_rnn", "losses", "lr_schedules", "metrics", "optimizers_keras", "optimizers_tf_train",
        "regularizers_constraints", "training",
    ]

    private func manifest(_ group: String, _ change: (inout JSONObject) -> Void) throws -> JSONValue {
        let text = try Goldens.bytes("\(group).json")
        var manifest = try #require(try JSONValue(parsing: text).object)
        var first = try #require(manifest["cases"]?.array?.first?.object)
        change(&first)
        manifest["cases"] = [.object(first)]
        manifest["case_count"] = 1
        return .object(manifest)
    }

    @Test(arguments: groups)
    func anUnknownFieldFails(group: String) throws {
        let report = GoldenSuite.run(try manifest(group) { $0["surprise"] = 1 }, group)
        #expect(report.passed == 0 && report.failures.first?.contains("surprise") == true, "\(report.failures)")
    }

    @Test(arguments: groups)
    func aFileWithoutCasesFails(group: String) throws {
        var empty = try #require(try manifest(group) { _ in }.object)
        empty["cases"] = []
        empty["case_count"] = 0
        let report = GoldenSuite.run(.object(empty), group)
        #expect(report.passed == 0 && report.failures.count == 1)
    }

    @Test func fewerCasesThanAreToldOfFail() throws {
        var short = try #require(try manifest("layers_dense") { _ in }.object)
        short["case_count"] = 2
        #expect(GoldenSuite.run(.object(short), "layers_dense").failures.count == 1)
    }

    @Test func otherNumbersFail() throws {
        let wrong = try manifest("layers_dense") {
            $0["float64"] = nil
            $0["loss"] = 1
        }
        #expect(GoldenSuite.run(wrong, "layers_dense").failures.first?.contains("loss is") == true)
        let other = try manifest("layers_dense") { $0["layer"] = "Dance" }
        #expect(GoldenSuite.run(other, "layers_dense").failures.first?.contains("no layer class 'Dance'") == true)
    }
}
