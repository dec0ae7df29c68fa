/// Prints a table of what the operators cost, each figure beside its limit or its floor measured in the same run.
///
/// Arguments name the groups to run; without any, all run.
@main struct OperatorBenchmarks {
    static let groups: [(name: String, rows: @Sendable () throws -> [Row])] = [
        ("overhead", EagerOverhead.rows),
        ("convolutions", Convolutions.rows),
        ("recurrences", Recurrences.rows),
        ("training", TrainingSteps.rows),
    ]

    static func main() throws {
        let wanted = CommandLine.arguments.dropFirst()
        for group in groups where wanted.isEmpty || wanted.contains(group.name) {
            print("# \(group.name)")
            for row in try group.rows() { print(row.printed()) }
        }
    }
}
