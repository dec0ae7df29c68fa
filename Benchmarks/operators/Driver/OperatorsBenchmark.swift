/// Prints what the operators cost, each figure beside its limit, or beside its floor or its peer measured in the same run:
///
///     OperatorsBenchmark [--peers FILE] [overhead] [products] [elementwise] [convolutions] [recurrences] [training]
///
/// Without names all groups run. FILE is what `peers.py` printed.
@main struct OperatorsBenchmark {
    private static let groups: [(name: String, rows: @Sendable () throws -> [Row])] = [
        ("overhead", EagerOverhead.rows),
        ("products", Products.rows),
        ("elementwise", Elementwise.rows),
        ("convolutions", Convolutions.rows),
        ("recurrences", Recurrences.rows),
        ("training", TrainingSteps.rows),
    ]

    static func main() throws {
        var wanted = Array(CommandLine.arguments.dropFirst())
        var peers = Peers()
        if let place = wanted.firstIndex(of: "--peers"), place + 1 < wanted.count {
            peers = try Peers(file: wanted[place + 1])
            wanted.removeSubrange(place...place + 1)
        }
        print("| figure | Strata | beside it | ratio |\n| --- | --- | --- | --- |")
        for group in groups where wanted.isEmpty || wanted.contains(group.name) {
            for row in try group.rows() { print(row.printed(beside: peers)) }
        }
    }
}
