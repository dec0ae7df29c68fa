import ArgumentParser
import Formats
import Strata

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at this machine, and says what to change before serving on it.",
        usage: "strata doctor [--json] [--config <file>] [--<setting> <value> ...]",
        discussion: """
            Looks at the processor, OpenBLAS, limits, memory, clock and the disk of the data directory, which gets a small \
            file that is removed again. The exit status is 1 if something must be changed.
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp(visibility: .hidden))
    var arguments: [String] = []

    func run() throws {
        if arguments.contains(where: { ["--help", "-h"].contains($0) }) { throw CleanExit.helpRequest(self) }
        let settings = try SettingsSources(arguments: arguments.filter { $0 != "--json" }).settings()
        let findings = Doctor(settings).findings()
        if arguments.contains("--json") {
            print(
                JSONValue.array(
                    findings.map { finding in
                        [
                            "subject": .string(finding.subject), "severity": .string(finding.severity.rawValue),
                            "found": .string(finding.found), "advice": finding.advice.map { .string($0) } ?? .null,
                        ]
                    }))
        } else {
            for finding in findings {
                print("\(finding.severity.mark)  \(finding.subject): \(finding.found)")
                if let advice = finding.advice { print("      \(advice)") }
            }
        }
        if findings.contains(where: { $0.severity == .wrong }) { throw ExitCode(1) }
    }
}
