import Formats
import HTTPTestSupport
import TestSupport
import Testing

/// Bodies that no honest client sends. None may cost the server more than a refusal.
struct HostileBodyTests {
    /// What is sent, and what must come: 200 where it is legal after all.
    private struct Body {
        let bytes: [UInt8]
        let statuses: Set<Int>

        init(_ bytes: [UInt8], _ statuses: Set<Int>) {
            self.bytes = bytes
            self.statuses = statuses
        }

        init(_ text: String, _ statuses: Set<Int>) { self.init(Array(text.utf8), statuses) }

        /// A body whose `inputs` are these.
        static func inputs(_ text: String, _ statuses: Set<Int>) -> Body { Body("{\"inputs\":\(text)}", statuses) }

        /// One row whose last element is this.
        static func element(_ text: String, _ statuses: Set<Int>) -> Body {
            inputs("[[1,1,1,1,1,1,1,\(text)]]", statuses)
        }
    }

    private static let good = #"{"inputs":[[1,2,3,4,5,6,7,8],[8,7,6,5,4,3,2,1]],"training":false}"#

    private static let malformed: Set<Int> = [400]
    private static let unfit: Set<Int> = [422]
    private static let either: Set<Int> = [400, 422]
    private static let legal: Set<Int> = [200]

    private static let bodies: [Body] =
        cutShort + damaged + numbers + strings + structures + keys + flat + encoded + encodings + large

    private static let cutShort = (0..<good.utf8.count).map { Body(Array(good.utf8.prefix($0)), malformed) }

    /// Every byte that shapes the text turned into another one.
    private static let damaged: [Body] = good.utf8.enumerated().flatMap { index, byte -> [Body] in
        guard "{}[]:,\"".utf8.contains(byte) else { return [] }
        return ["x", "\0", "}"].map { replacement in
            var bytes = Array(good.utf8)
            bytes.replaceSubrange(index...index, with: Array(replacement.utf8))
            return Body(bytes, replacement.utf8.first == byte ? legal : either)
        }
    }

    private static let numbers: [Body] = {
        var bodies: [Body] = []
        bodies += [
            "01", "+1", ".5", "1.", "1e", "1e+", "-", "--1", "0x10", "1_000", "1,", "NaN", "nan", "Infinity",
            "-Infinity", "inf",
            "1f", "½", "1 2", "e5", "1.e5", "0b1", "tru", "nul", "True",
        ].map { Body.element($0, malformed) }
        bodies += ["1e39", "-1e39", "1e999", "-1e999", "3.5e38", "1" + String(repeating: "0", count: 400)].map {
            Body.element($0, unfit)
        }
        bodies += ["1e-999", "-0", "0e0", "1E5", "1e-46", "0." + String(repeating: "0", count: 9000) + "1"].map {
            Body.element($0, legal)
        }
        bodies += [Body.element("1" + String(repeating: "0", count: 100_000), unfit)]
        bodies += [Body.element("1." + String(repeating: "3", count: 100_000), legal)]
        bodies += [Body.element("1e" + String(repeating: "9", count: 100_000), either)]
        return bodies
    }()

    private static let strings: [Body] = {
        var bodies: [Body] = []
        bodies += [#""NaN""#, #""Infinity""#, #""-Infinity""#].map { Body.element($0, legal) }
        bodies += [#""nan""#, #""1""#, #""""#, #""Inf""#, #""+Infinity""#, #""NaN ""#].map { Body.element($0, either) }
        bodies += [#""\ud800""#, #""\x""#, "\"\n\"", "\"\0\"", #""\u12""#, #"'NaN'"#, #""NaN"#].map {
            Body.element($0, either)
        }
        bodies += [
            Body(Array(#"{"inputs":"#.utf8) + [0x22, 0xFF, 0xFE, 0x22, 0x7D], either),
            Body(Array(#"{"in"#.utf8) + [0xC0, 0xAF] + Array(#"puts":[[1,1,1,1,1,1,1,1]]}"#.utf8), either),
            Body([0xEF, 0xBB, 0xBF] + Array(good.utf8), [200, 400]),
            Body([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], malformed),
        ]
        return bodies
    }()

    private static let structures: [Body] = {
        var bodies: [Body] = []
        bodies += [
            "null", "true", "{}", #""x""#, "[null]", "[{}]", "[[]]", "[[[]]]", "1", "[1,2,3]", "[[1,2],[3]]", "[[1],2]",
        ]
        .map {
            Body.inputs($0, either)
        }
        bodies += ["[[1,1,1,1,1,1,1]]", "[[1,1,1,1,1,1,1,1,1]]", "[1,1,1,1,1,1,1,1]", "[[[1,1,1,1,1,1,1,1]]]"].map {
            Body.inputs($0, unfit)
        }
        bodies += ["[[1,1,1,1,1,1,1,null]]", "[[1,1,1,1,1,1,1,[1]]]", "[[1,1,1,1,1,1,1,{}]]", "[[1,1,1,1,1,1,1,true]]"]
            .map {
                Body.inputs($0, [200, 400, 422])
            }
        bodies += ["[]", "[ [ 1,1,1,1,1,1,1,1 ] ]", "[\n[1,1,1,1,\t1,1,1,1]\r\n]"].map { Body.inputs($0, legal) }
        bodies += ["[", "{", #"{"a":"#, "[[", #"[{"a":"#].flatMap { opening in
            [100, 1000, 100_000].map { Body.inputs(String(repeating: opening, count: $0), either) }
        }
        bodies += [100, 1000, 100_000].map { depth in
            Body.inputs(String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth), either)
        }
        bodies += ["", " ", "null", "[]", "1", "true", #""inputs""#, "{}", "{}{}", "\0", "]", "}", "[1]"].map {
            Body($0, either)
        }
        bodies += [good + "x", good + good, good + "]", good + "\0", "x" + good].map { Body($0, malformed) }
        bodies += [Body(good + " \n\t\r", legal), Body(" \n" + good, legal)]
        return bodies
    }()

    private static let keys: [Body] = {
        var bodies: [Body] = []
        bodies += [
            #"{"inputs":[[1,1,1,1,1,1,1,1]],"inputs":[[1,1,1,1,1,1,1,1]]}"#,
            #"{"training":true,"training":true,"inputs":[]}"#,
            #"{"inputs":{"inputs":[],"inputs":[]}}"#,
        ].map { Body($0, malformed) }
        bodies += [
            #"{"input":[]}"#, #"{"inputs":[],"extra":1}"#, #"{"inputs":[],"training":"yes"}"#,
            #"{"inputs":[],"training":1}"#,
            #"{"inputs":[],"training":null}"#, #"{"inputs":[],"dtype":"float128"}"#, #"{"inputs":[],"dtype":32}"#,
            #"{"inputs":{"other":[]}}"#, #"{"inputs":{"inputs":[],"other":[]}}"#, #"{"":[]}"#, #"{"INPUTS":[]}"#,
        ].map { Body($0, either) }
        bodies += ["float16", "bfloat16", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"].map {
            Body("{\"inputs\":[[1,1,1,1,1,1,1,1]],\"dtype\":\"\($0)\"}", unfit)
        }
        bodies += [
            #"{"inputs":[[1,1,1,1,1,1,1,300]],"dtype":"uint8"}"#, #"{"inputs":[[1,1,1,1,1,1,1,1.5]],"dtype":"int32"}"#,
            #"{"inputs":[[1,1,1,1,1,1,1,-1]],"dtype":"uint8"}"#, #"{"inputs":[[1,1,1,1,1,1,1,9e18]],"dtype":"int64"}"#,
        ].map { Body($0, unfit) }
        bodies += [Body("{" + (0..<10_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}", either)]
        return bodies
    }()

    private static let flat: [Body] = {
        var bodies: [Body] = []
        let cases: [(String, String, Set<Int>)] = [
            ("[1,8]", "[1,1,1,1,1,1,1,1]", legal), ("[0,8]", "[]", legal), ("[1,8]", "[1]", either),
            ("[8]", "[1,1,1,1,1,1,1,1]", unfit),
            ("[-1,8]", "[1,1,1,1,1,1,1,1]", either), ("[1.5,8]", "[1]", either), ("[\"1\",8]", "[1]", either),
            ("null", "[1]", either),
            ("1", "[1]", either), ("[4294967296,4294967296]", "[1]", either),
            ("[9223372036854775807,2]", "[1]", either),
            ("[1000000000,8]", "[1]", either), ("[99999999999999999999,8]", "[1]", either),
            ("[0,9223372036854775807]", "[]", either),
            ("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,8]", "[1,1,1,1,1,1,1,1]", either), ("[1,8]", "null", either),
            ("[1,8]", "[[1,1,1,1,1,1,1,1]]", legal), ("[1,8]", "{}", either), ("[1,8]", "\"x\"", either),
            ("[1,8]", "[1,1,1,1,1,1,1,1,1]", either), ("[1,null]", "[1]", either),
            ("[true,8]", "[1,1,1,1,1,1,1,1]", either),
        ]
        bodies += cases.map { shape, data, statuses in
            Body.inputs("{\"dtype\":\"float32\",\"shape\":\(shape),\"data\":\(data)}", statuses)
        }
        bodies += [
            #"{"dtype":"float32","shape":[1,8]}"#, #"{"dtype":"float32","data":[1]}"#,
            #"{"shape":[1,8],"data":[1,1,1,1,1,1,1,1],"x":1}"#,
            #"{"dtype":"float99","shape":[1,8],"data":[1,1,1,1,1,1,1,1]}"#, #"{"dtype":1,"shape":[1,8],"data":[]}"#,
            #"{"dtype":"float32","shape":[1,8],"data":[1,1,1,1,1,1,1,1],"base64":"AAAA"}"#,
            #"{"dtype":"float32","dtype":"float32","shape":[1,8],"data":[1,1,1,1,1,1,1,1]}"#,
        ].map { Body.inputs($0, either) }
        return bodies
    }()

    private static let encoded: [Body] = {
        var bodies: [Body] = []
        let cases: [(String, Set<Int>)] = [
            (String(repeating: "A", count: 42) + "A=", legal), (String(repeating: "A", count: 43), [200, 400, 422]),
            ("", either),
            ("AAAA", either), ("A", either), ("====", either), ("!!!!", either),
            (String(repeating: "A", count: 44), either),
            (String(repeating: "A", count: 42) + "==", either), ("A=" + String(repeating: "A", count: 42), either),
            (String(repeating: "-", count: 43) + "=", either), (String(repeating: "A", count: 100_000), either),
            ("AAA\\u0000", either),
        ]
        bodies += cases.map { text, statuses in
            Body.inputs("{\"dtype\":\"float32\",\"shape\":[1,8],\"base64\":\"\(text)\"}", statuses)
        }
        bodies += [Body.inputs(#"{"dtype":"float32","shape":[1,8],"base64":1}"#, either)]
        return bodies
    }()

    /// Random bytes, and random changes of good ones, the same at every run.
    private static let encodings: [Body] = {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let noise = (0..<40).map { length in
            Body((0..<length * 7).map { _ in UInt8(truncatingIfNeeded: next()) }, [400, 422])
        }
        let changed = (0..<60).map { _ -> Body in
            var bytes = Array(good.utf8)
            for _ in 0..<3 { bytes[Int(next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: next()) }
            return Body(bytes, [200, 400, 422])
        }
        return noise + changed
    }()

    private static let large: [Body] = [
        Body.inputs("[" + String(repeating: "[1,1,1,1,1,1,1,1],", count: 20_000) + "[1]]", either),
        Body.inputs("[" + String(repeating: "[],", count: 50_000) + "[]]", either),
        Body.inputs("[" + String(repeating: "1,", count: 300_000) + "1]", either),
        Body(String(repeating: " ", count: 1_000_000), malformed),
        Body("{\"" + String(repeating: "a", count: 1_000_000) + "\":1}", either),
    ]

    @Test func eachIsRefusedForWhatItIsAndTheServerStaysExact() async throws {
        #expect(HostileBodyTests.bodies.count > 400)
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let call = "/models/net/call"
            let expected = try strata.post(call, HostileBodyTests.good).content
            for (index, body) in HostileBodyTests.bodies.enumerated() {
                let answer = try strata.request("POST", call, bytes: body.bytes, type: "application/json")
                let shown = String(decoding: body.bytes.prefix(120), as: UTF8.self)
                #expect(
                    body.statuses.contains(answer.status),
                    "\(index): \(shown) → \(answer.status) \(answer.text.prefix(300))")
                if answer.status != 200 {
                    #expect(answer.json["detail"]?.string?.isEmpty == false)
                    #expect(answer.content.count < 2000, "the answer to \(shown) says too much")
                }
                if index % 16 == 0 { #expect(try strata.post(call, HostileBodyTests.good).content == expected) }
            }
            #expect(try strata.post(call, HostileBodyTests.good).content == expected)
            #expect(strata.end() == 0)
        }
    }
}
