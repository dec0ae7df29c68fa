import Formats
import GoldenSupport
import TestSupport
import Testing

/// Every golden file in the folder is run, and none may hold a kind that is not known.
struct GoldenTests {
    @Test(arguments: try GoldenSuite.furtherFiles())
    func isMetBeyond(file: String) {
        let report = GoldenSuite.run(file)
        #expect(report.failures.isEmpty, "\(report.line)\n\(report.failures.joined(separator: "\n"))")
        #expect(report.passed > 0)
    }

    @Test(arguments: try GoldenSuite.files())
    func isMet(file: String) {
        let report = GoldenSuite.run(file)
        #expect(report.failures.isEmpty, "\(report.line)\n\(report.failures.joined(separator: "\n"))")
        #expect(report.passed > 0)
    }

    /// What the rules say of the same steps in other combinations.
    @Test func furtherScenariosAreMet() throws {
        let manifest = try JSONValue(parsing: Repository.text("Tests/Scenarios/network_scenarios_further.json"))
        let report = GoldenSuite.run(manifest, "network_scenarios_further.json")
        #expect(report.failures.isEmpty, "\(report.line)\n\(report.failures.joined(separator: "\n"))")
        #expect(report.passed >= 12)
    }
}
