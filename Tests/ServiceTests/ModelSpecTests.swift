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
        (#"{"class_name": "A", "config": [null]}"#, "config must be an object, but it is [null]"),
        (#"{"class_name": "Sequential", "config": 3}"#, "config must be an object, but it is 3"),
    ])
    func saysWhatIsWrong(text: String, phrase: String) throws {
        let json = try JSONValue(parsing: text)
        #expect {
            try ModelSpec(json)
        } throws: { error in
            "\(error)".contains(phrase)
        }
    }

    @Test func takesAnArrayOfLayersAsKerasOnceWroteIt() throws {
        let layers: JSONValue = [["class_name": "Dense", "config": ["units": 1]]]
        #expect(try ModelSpec(["class_name": "Sequential", "config": layers]).config == ["layers": layers])
        #expect(try ModelSpec(["class_name": "Sequential", "config": nil]).config == [:])
    }

    @Test func aCompiledClassTakesNoConfiguration() throws {
        let spec = try ModelSpec(["class_name": "TwoLayerNetwork", "config": ["hidden": 32]])
        #expect {
            try NetworkClasses().makeNetwork(spec, name: "net")
        } throws: { error in
            "\(error)".contains("the class TwoLayerNetwork takes none, but it is")
        }
        let named = try ModelSpec(["class_name": "TwoLayerNetwork", "config": ["name": "n"]])
        #expect(try NetworkClasses().makeNetwork(named, name: "net").name == "net")
    }

    @Test(arguments: ["a", "A.b-c_9", "0", String(repeating: "x", count: 128)])
    func takesProperNames(name: String) throws { try ResourceName.check(name, what: "model") }

    @Test(arguments: ["", "-a", ".a", "_a", "a/b", "a b", "é", "a\u{0}", String(repeating: "x", count: 129)])
    func refusesOtherNames(name: String) {
        #expect(throws: ServiceError.invalidName(name, what: "model")) { try ResourceName.check(name, what: "model") }
    }
}
