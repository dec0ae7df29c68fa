import Operators
import TensorCore
/// Prints a table of what the operators cost, each figure beside its limit or its floor measured in the same run.
///
/// Arguments name the groups to run; without any, all run.
@main struct OperatorBenchmarks {
    static let groups: [(name: String, rows: @Sendable () throws -> [Row])] = [
        ("overhead", EagerOverhead.rows),
        ("scratch", { let x = Tensor([4], [1, 2, 3, 4]); let y = Tensor([4], [5, 6, 7, 8]); for _ in 0..<10_000 { let t = GradientTape(); t.watch(x); try t.record { for _ in 0..<1000 { _ = try x + y } } }; return [] }),
    ]

    static func main() throws {
        let wanted = CommandLine.arguments.dropFirst()
        for group in groups where wanted.isEmpty || wanted.contains(group.name) {
            print("# \(group.name)")
            for row in try group.rows() { print(row.printed()) }
        }
    }
}
