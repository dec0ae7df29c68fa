import TensorCore
import Testing

@testable import Formats

struct JSONReaderTests {
    @Test func readsEveryKindOfValue() throws {
        let value = try JSONValue(
            parsing: #" {"a": [1, -2.5, true, false, null, "x\n\u00e9\ud83d\ude00é"], "b": {"c": {}}, "d": []} "#)
        #expect(
            value == [
                "a": [1, -2.5, true, false, nil, "x\né😀é"], "b": ["c": [:]], "d": [],
            ])
    }

    @Test func keepsIntegersExact() throws {
        #expect(try JSONValue(parsing: "9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
        #expect(try JSONValue(parsing: "18446744073709551615") == .unsigned(.max))
        #expect(try JSONValue(parsing: "18446744073709551616") == .double(0x1p64))
        #expect(try JSONValue(parsing: "1.0") == .double(1))
        #expect(try read("1e2") { try $0.int64() } == 100)
        #expect(try read("-0") { try $0.int64() } == 0)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}",
        "{1:1}", "{\"a\" 1}", "tru", "trux", "True", "nul", "NaN", "Infinity", "-", "-a", "+1", "01", "-01", "1.", ".5",
        "1.e3", "1e", "1e+", "0x10", "1_000", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"",
        "'a'", "[1]]", "1 1", "{}{}", "/* */ 1", "[1] // x", "\u{FEFF}1", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"", "\"\\ud800", "[\"\\ud800\\",
    ])
    func refusesWhatIsNoJSON(text: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.isMalformed == true)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]])
    func refusesStringsThatAreNotUTF8(bytes: [UInt8]) {
        let text = Array("[\"abc".utf8) + bytes + Array("\"]".utf8)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func saysWhereItWentWrong() throws {
        let text = "{\n  \"inputs\": [[1, 2],\n    [3, é]]}"
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.path == "inputs[1][1]")
        #expect(error?.line == 3)
        #expect(error?.column == 9)
        #expect(error?.offset == 31)
        #expect(error?.reason == .unexpected(expected: "a value", found: "the byte 0xC3"))
    }

    @Test func namesOddKeysInQuotes() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"a":{"b c":[{"d":x}]}}"#) }
        #expect(error?.path == "a['b c'][0].d")
    }

    @Test func refusesAKeyThatOccursTwice() {
        for text in [
            #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"b":0,"a":2}"#,
            "{" + (0..<20).map { "\"k\($0)\":0" }.joined(separator: ",") + ",\"k3\":1}",
        ] {
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
            guard case .duplicateKey = error?.reason else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func stopsAtTheDepthLimit() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(64)) }
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(100_000)) }
        #expect(error?.reason == .tooDeep(limit: 64))
        #expect(throws: JSONError.self) { try read(nested(65)) { reader in try reader.skip() } }
        #expect(throws: Never.self) { try read(nested(3), JSONLimits(depthMax: 3)) { reader in try reader.skip() } }
    }

    @Test func passesOverWhatIsNotAskedFor() throws {
        var found: [String] = []
        try read(#"{"a": [1, {"b": "x\"]"}], "c": 7, "d": {"e": 1e999}}"#) { reader in
            try reader.object { key, reader in
                found.append(key)
                if key == "c" {
                    let value = try reader.int()
                    #expect(value == 7)
                }
            }
            try reader.end()
        }
        #expect(found == ["a", "c", "d"])
    }

    @Test func looksAheadAtKeys() throws {
        try read(#"{"x": [1,2], "y": 1, "z": 2}"#) { reader in
            let (two, all) = (try reader.peekKeys(limit: 2), try reader.peekKeys(limit: 9))
            #expect(two == ["x", "y"])
            #expect(all == ["x", "y", "z"])
            #expect(reader.offset == 0)
        }
        #expect(try read("[1]") { try $0.peekKeys(limit: 3) } == nil)
    }

    @Test func rewindsToACopyOfItself() throws {
        try read("[1, 2, 3]") { reader in
            let mark = reader
            try reader.skip()
            try reader.end()
            reader = mark
            var sum = 0
            try reader.array { _, reader in sum += try reader.int() }
            #expect(sum == 6)
        }
    }

    @Test func refusesAnotherKindOfValue() {
        let error = #expect(throws: JSONError.self) { try read("[\"a\"]") { try $0.array { _, r in _ = try r.int() } } }
        #expect(error?.reason == .wrongType(expected: "a number", found: "a string"))
        #expect(error?.path == "[0]")
        #expect(error?.isMalformed == false)
    }

    @Test func readsManyKeysInLinearTime() throws {
        let text = "{" + (0..<300_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",") + "}"
        let object = try #require(try JSONValue(parsing: text).object)
        #expect(object.count == 300_000)
        #expect(object["key299999"] == .integer(299_999))
    }

    /// Whatever is odd must not send the reader back to the start of the text each time.
    @Test func readsManyNumbersBeyond64Bits() throws {
        let text = "[" + Array(repeating: "18446744073709551616", count: 100_000).joined(separator: ",") + "]"
        #expect(try JSONValue(parsing: text).array?.last == .double(0x1p64))
    }

    @Test func survivesEveryPrefixOfAText() throws {
        let text = Array(
            #"{"a": [1.5e-3, -2, "x\u00e9\ud83d\ude00é", true], "b": {"c": null, "d": [[], {}]}, "e": false} "#.utf8)
        for end in 0..<text.count - 1 {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) }
        }
        #expect(throws: Never.self) { try JSONValue(parsing: text) }
    }
}

/// Reads a text with a closure.
func read<Result>(
    _ text: String, _ limits: JSONLimits = JSONLimits(), _ body: (inout JSONReader) throws -> Result
) throws -> Result {
    var text = text
    return try text.withUTF8 { bytes in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), limits: limits)
        return try body(&reader)
    }
}
