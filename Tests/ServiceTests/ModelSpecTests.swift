import Formats
import Testing

@testable import Service

struct ModelSpecTests {
    @Test func survivesTheWayToDiskAndBack() throws {
        let spec = try ModelSpec(["class_name": "Sequential", "config": ["layers": []], "seed": .unsigned(.max)])
        #expect(spec.seed == .max)
        #expect(try ModelSpec(JSONValue(parsing: spec.json.bytes)) == spec)
    }

    @Test(arguments: [
        ("[]", "must be an object"), ("{}", "class_name must name"), (#"{"class_name": 3}"#, "class_name must name"),
        (#"{"class_name": "A", "seeds": 1}"#, "has no 'seeds'"), (#"{"class_name": "A", "seed": -1}"#, "seed must be"),
        (#"{"class_name": "A", "seed": 1.5}"#, "seed must be"),
    ])
    func saysWhatIsWrong(text: String, phrase: String) throws {
        let json = try JSONValue(parsing: text)
        #expect {
            try ModelSpec(json)
        } throws: { error in
            "\(error)".contains(phrase)
        }
    }

    @Test(arguments: ["a", "A.b-c_9", "0", String(repeating: "x", count: 128)])
    func takesProperNames(name: String) throws { try ResourceName.check(name, what: "model") }

    @Test(arguments: ["", "-a", ".a", "_a", "a/b", "a b", "é", "a\u{0}", String(repeating: "x", count: 129)])
    func refusesOtherNames(name: String) {
        #expect(throws: ServiceError.invalidName(name, what: "model")) { try ResourceName.check(name, what: "model") }
    }
}
