import TestSupport
import Testing

/// A short run of what `Fuzz/JSON` does for hours.
struct JSONFuzzTests {
    static let seeds = [
        #"{"a": [1.5e-3, -2, "x\u00e9\ud83d\ude00é", true, null], "b": {"c": [[], {}]}}"#,
        "[[1.5,-2e3,0.25],[1e-45,3.4028235e38,16777217]]", #"["NaN","Infinity","-Infinity"]"#,
        "[[true,false],[false,true]]",
        #"{"dtype":"int8","shape":[2,2],"data":[1,-2,3,127]}"#, #"{"dtype":"float16","shape":[2],"base64":"ADwAwA=="}"#,
        "[9223372036854775807,-9223372036854775808,18446744073709551615]", "[]", "[[],[]]", "-0.0",
        "\"\\ud834\\udd1e\"",
    ]

    @Test(arguments: seeds)
    func holdsTogetherOnChangedTexts(seed: String) {
        let bytes = Array(seed.utf8)
        #expect(bytes.withUnsafeBytes { fuzzJSON($0) } == nil)
        Damage.forEachRandomChange(of: bytes, count: 1500) { spoiled in
            let problem = spoiled.withUnsafeBytes { fuzzJSON($0) }
            #expect(problem == nil, "\(String(decoding: spoiled, as: UTF8.self))")
        }
    }
}
