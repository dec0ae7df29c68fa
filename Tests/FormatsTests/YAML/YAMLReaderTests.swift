import Formats
import TestSupport
import Testing
import Yams

/// YAML of configuration files …
struct YAMLReaderTests {
    /// What both readers must agree on.
    static let accepted = [
        "", "# nothing\n", "---\nport: 8080\n", "port: 8080 # a comment\nhost: 0.0.0.0\n", "a:\nb: ~\nc: null\n",
        "listen:\n  - 127.0.0.1:80\n  - unix:/run/a.sock\n", "listen:\n- a\n- b\nnext: c\n",
        "a: [x, \"y, z\", 'it''s', 1.5]\n", "a: []\n", "a: \"tab\\tand \\u00e9 \\x41 \\\\ \\\"\"\n",
        "a: 'single # no comment'\n",
        "keys:\n  - name: ci\n    scopes: [read, call]\n    rate: 5\n  - name: boss\n    scopes:\n      - admin\n",
        "\"quoted key\": 1\n'other': 2\n", "a: b:c\nurl: http://host:80/path#part\n",
        "a:\n  b:\n    c: d\n  e: f\ng: h\n",
        "- a\n- - b\n  - c\n- d: e\n  f: g\n-\n  h: i\n", "a: yes\nb: on\nc: 0x10\nd: -5\ne: -x\nf: :x\ng: ?x\n",
        "a: word word\n",
        "a: b   \n\n\n  \nc: d", "héllo: wörld\n", "a: [x]   # list\n", "a: \"q\"  # quoted\n",
    ]

    @Test(arguments: accepted)
    func isReadAsYamsReadsIt(text: String) throws {
        let expected = try Yams.compose(yaml: text).map(description) ?? "{}"
        #expect(description(try YAMLReader.parse(text)) == expected)
    }

    @Test(
        arguments: [
            ("a: 1\na: 2\n", 2, "'a' stands here twice"), ("a: &x 1\n", 1, "starts with '&'"),
            ("a: *x\n", 1, "starts with '*'"),
            ("a: !!int 1\n", 1, "starts with '!'"), ("a: |\n  text\n", 1, "starts with '|'"),
            ("a: {b: c}\n", 1, "starts with '{'"),
            ("\ta: b\n", 1, "a tab cannot indent"), ("a: b\n c: d\n", 2, "the indentation fits nothing above it"),
            ("a: b\n---\nc: d\n", 2, "only one document"), ("a: b: c\n", 1, "second ': '"),
            ("word\n", 1, "expected 'key: value'"),
            ("a: \"open\n", 1, "not closed"), ("a: [b\n", 1, "must end in its line"),
            ("a: [b, [c]]\n", 1, "no list of words"),
            ("a: \"x\" y\n", 1, "expected the end of the line"), ("a: \"\\q\"\n", 1, "no escape"),
            (": b\n", 1, "starts with ':'"),
            ("a: \"\\u12\"\n", 1, "hexadecimal"), ("a: \"\\ud800\"\n", 1, "hexadecimal"),
            ("? a\n", 1, "starts with '?'"),
        ] as [(String, Int, String)])
    func isRefusedByItsLineWhereItIsMore(text: String, line: Int, problem: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLReader.parse(text) }
        #expect(error?.line == line)
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    /// Cut short anywhere, a text is read as all of YAML would read it, or refused.
    @Test(arguments: accepted)
    func isNeverReadAsSomethingElseWhenCutShort(text: String) {
        for count in 0..<text.count {
            let prefix = String(text.prefix(count))
            guard let node = try? YAMLReader.parse(prefix) else { continue }
            let expected = (try? Yams.compose(yaml: prefix)).flatMap { $0 }.map(description) ?? "{}"
            // A text that holds nothing has no setting in it, whatever it is called.
            #expect(description(node) == (expected == "<>" ? "{}" : expected), "\(prefix)")
        }
    }

    @Test func isNotRecursedIntoWithoutEnd() {
        let deep = String(repeating: "- ", count: 10_000) + "a"
        #expect(throws: YAMLError.self) { try YAMLReader.parse(deep) }
    }

    @Test func tellsWordsFromNothing() throws {
        let node = try YAMLReader.parse("a: null\nb: \"null\"\nc: [x, y]\nd: e\n")
        #expect(node["a"]?.isNull == true)
        #expect(node["b"]?.text == "null")
        #expect(node["c"]?.texts == ["x", "y"])
        #expect(node["d"]?.texts == ["e"])
        #expect(node["d"]?.line == 4)
    }

    private func description(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): "<\(text)>"
        case .sequence(let items): "[\(items.map(description).joined(separator: ","))]"
        case .mapping(let members): "{\(members.map { "\($0.key)=\(description($0.value))" }.joined(separator: ","))}"
        }
    }

    private func description(_ node: Yams.Node) -> String {
        switch node {
        case .scalar(let scalar): "<\(scalar.string)>"
        case .sequence(let items): "[\(items.map(description).joined(separator: ","))]"
        case .mapping(let members):
            "{\(members.map { "\($0.key.string ?? "")=\(description($0.value))" }.joined(separator: ","))}"
        case .alias: "alias"
        }
    }
}
