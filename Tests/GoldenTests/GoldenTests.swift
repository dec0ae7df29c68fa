import GoldenSupport
import Testing

/// Every golden file in the folder is run, and none may hold a kind that is not known.
struct GoldenTests {
    @Test(arguments: try GoldenSuite.furtherFiles())
    func isMetBeyond(file: String) {
        let report = GoldenSuite.run(file)
        #expect(report.failures.isEmpty, "\(report.line)\n\(report.failures.joined(separator: "\n"))")
        #expect(report.passed > 0)
    }

    @Test(arguments: try GoldenSuite.files().filter(GoldenSuite.isKnown))
    func isMet(file: String) {
        let report = GoldenSuite.run(file)
        #expect(report.failures.isEmpty, "\(report.line)\n\(report.failures.joined(separator: "\n"))")
        #expect(report.passed > 0)
    }
}
