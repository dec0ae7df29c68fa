import TestSupport
import Testing

/// `docs/NETWORK.md` and `docs/NETWORK_RULES.md` say what is tested, and all of it.
struct NetworkDocumentTests {
    /// The members of the reference page.
    static let members = [
        "activity_regularizer", "dtype", "graph", "input", "input_shape", "layers", "losses", "name",
        "non_trainable_variables", "non_trainable_weights", "output", "output_shape", "scope_name", "trainable",
        "trainable_variables", "trainable_weights", "updates", "variables", "weights", "__init__", "__call__",
        "__deepcopy__", "add_loss", "add_update", "add_variable", "apply", "build", "call", "compute_output_shape",
        "count_params", "get_input_at", "get_input_shape_at", "get_layer", "get_losses_for", "get_output_at",
        "get_output_shape_at", "get_updates_for", "track_layer",
    ]

    /// The cells of a table's rows; the head and the rule below it are left out.
    static func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("| `") || $0.hasPrefix("| a Keras") }.map { line in
            line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        }
    }

    static func numbers(_ text: String, _ pattern: Regex<(Substring, Substring)>) -> Set<Int> {
        Set(text.matches(of: pattern).compactMap { Int($0.1) })
    }

    static func tests() throws -> String {
        try ["LayersTests", "CheckpointsTests"].flatMap { try Repository.swiftFiles(in: "Tests/" + $0) }
            .map { try Repository.text($0) }.joined()
    }

    @Test func everyRuleHasATestAndEveryTestARule() throws {
        let rules = NetworkDocumentTests.numbers(try Repository.text("docs/NETWORK_RULES.md"), /- \*\*N-(\d+)\*\*/)
        let tests = NetworkDocumentTests.numbers(
            try NetworkDocumentTests.tests(), /func n(\d+)_/)
        #expect(rules.count == 118)
        #expect(rules.subtracting(tests).sorted() == [])
        #expect(tests.subtracting(rules).sorted() == [])
    }

    @Test func everyMemberHasARow() throws {
        let rows = NetworkDocumentTests.rows(try Repository.text("docs/NETWORK.md"))
        let members = rows.map { $0[0].filter { $0 != "`" } }
        #expect(Array(members.prefix(NetworkDocumentTests.members.count)) == NetworkDocumentTests.members)
        #expect(rows.allSatisfy { $0.count == 4 })
    }

    @Test func everyExampleIsRunByATest() throws {
        let tests = try NetworkDocumentTests.tests()
        for row in NetworkDocumentTests.rows(try Repository.text("docs/NETWORK.md")) {
            let example = row[2].filter { $0 != "`" }
            #expect(tests.contains(example), "\(row[0]): no test runs \(example)")
        }
    }

    @Test func everyRuleThatAMemberObeysIsThere() throws {
        let rules = NetworkDocumentTests.numbers(try Repository.text("docs/NETWORK_RULES.md"), /- \*\*N-(\d+)\*\*/)
        let named = NetworkDocumentTests.numbers(try Repository.text("docs/NETWORK.md"), /N-(\d+)/)
        #expect(named.subtracting(rules).isEmpty)
    }
}
