import TensorCore
import TestSupport
import Testing

@testable import Formats

struct JSONTensorTests {
    @Test func readsNestedArraysOfAnyDepth() throws {
        #expect(try tensor("3.5").shape == [])
        #expect(try tensor("[1, 2.5,-3e2]").values == [1, 2.5, -300])
        let cube = try tensor("[[[1,2],[3,4]],[[5,6],[7,8]]]")
        #expect(cube.shape == [2, 2, 2])
        #expect(cube.values == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try tensor("[[[[[[[[9]]]]]]]]").shape == Shape(Array(repeating: 1, count: 8)))
        #expect(try tensor(" [ [ 1 , 2 ] , [ 3 , 4 ] ] ").values == [1, 2, 3, 4])
    }

    @Test func keepsEmptyArrays() throws {
        #expect(try tensor("[]").shape == [0])
        #expect(try tensor("[[],[]]").shape == [2, 0])
        #expect(try tensor("[[[]]]").shape == [1, 1, 0])
        #expect(try tensor("[]", expecting: [nil, 8]).shape == [0, 8])
        #expect(try tensor("[[]]", expecting: [nil, nil, 8]).shape == [1, 0, 8])
        #expect(try tensor("[[1]]", expecting: [nil, 8]).shape == [1, 1])
    }

    @Test(arguments: [
        ("[[1,2],[3]]", "[1]"), ("[[1],[2,3]]", "[1]"), ("[[[1],[2]],[[3]]]", "[1]"), ("[[],[1]]", "[1]"),
        ("[[1],2]", "[1]"), ("[1,[2]]", "[1]"), ("[[[]],[1]]", "[1][0]"), ("[[1],[[]]]", "[1][0]"),
        ("[[],[[]]]", "[1]"), ("[[[1,2]],[[3]]]", "[1][0]"),
    ])
    func refusesRaggedArrays(text: String, path: String) {
        let error = #expect(throws: JSONError.self) { try tensor(text) }
        switch error?.reason {
        case .ragged, .raggedDepth: #expect(error?.path == path)
        default: Issue.record("\(text): \(String(describing: error))")
        }
        #expect(error?.isMalformed == false)
    }

    @Test(arguments: ["[1,]", "[1 2]", "[1", "[[1]", "[1]]", "[,1]", "[1,,2]", "[01]", "[1.]", "[-]", "[1}", "[1e]"])
    func refusesBrokenArrays(text: String) {
        let error = #expect(throws: JSONError.self) {
            try read(text) { reader in
                _ = try reader.tensor(dtype: .float32)
                try reader.end()
            }
        }
        #expect(error?.isMalformed == true)
    }

    @Test func refusesNumbersThatTheTypeCannotHold() {
        for (text, dtype, number) in [
            ("[1, 300]", DType.uint8, "300"), ("[0,-1]", .uint8, "-1"), ("[0,1.5]", .int32, "1.5"),
            ("[0,1e39]", .float32, "1e39"), ("[0,1e-1]", .int64, "1e-1"),
            ("[0,9223372036854775808]", .int64, "9223372036854775808"),
            ("[0,65520]", .float16, "65520"), ("[0,1e999]", .float64, "1e999"), ("[0,128]", .int8, "128"),
            ("[0,3.4e38]", .float16, "3.4e38"), ("[0,-2147483649]", .int32, "-2147483649"),
        ] {
            let error = #expect(throws: JSONError.self) { try tensor(text, dtype) }
            #expect(error?.reason == .numberOutOfRange(number: number, dtype: dtype))
            #expect(error?.path == "[1]")
        }
    }

    @Test func takesIntegersHoweverTheyAreWritten() throws {
        #expect(
            try tensor("[1.0, 1e2, 120e-1, 0.0, -0, 1.00000000000000000000000]", .int32).scalars(Int32.self) == [
                1, 100, 12, 0, 0, 1,
            ])
        #expect(
            try tensor("[9007199254740993, -9223372036854775808]", .int64).scalars(Int64.self) == [
                9_007_199_254_740_993, .min,
            ])
        #expect(
            try tensor("[18446744073709551615, 1844674407370955161.5e1]", .uint64).scalars(UInt64.self) == [.max, .max])
    }

    @Test func takesBoolsAsWordsOnly() throws {
        #expect(try tensor("[[true,false]]", .bool).scalars(Bool.self) == [true, false])
        #expect(try tensor("true", .bool).shape == [])
        for (text, dtype) in [
            ("[1]", DType.bool), ("[true]", .float32), ("[null]", .float32), ("[\"1\"]", .float32),
            ("[\"NaN\"]", .int32), ("[{}]", .float32),
        ] {
            let error = #expect(throws: JSONError.self) { try tensor(text, dtype) }
            guard case .wrongType = error?.reason else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func readsWhatIsNotFiniteFromStrings() throws {
        let values = try tensor("[\"NaN\", \"Infinity\", 1, \"-Infinity\"]").values
        #expect(values[0].isNaN && values[1] == .infinity && values[2] == 1 && values[3] == -.infinity)
        #expect(try tensor("\"Infinity\"", .float16).scalars(Float16Bits.self)[0].bits == 0x7C00)
        #expect(try tensor("[\"-Infinity\"]", .bfloat16).scalars(BFloat16Bits.self)[0].bits == 0xFF80)
        #expect(try tensor("[\"NaN\"]", .float64).scalars(Double.self)[0].isNaN)
    }

    @Test func roundsOnce() throws {
        // The double nearest to this lies on the border between two floats; the number itself lies above it.
        #expect(try tensor("[1.00000005960464477539062500000000001]").values[0] == Float(1).nextUp)
        #expect(try tensor("[1.000000059604644775390625]").values[0] == 1)
        #expect(try tensor("[2049]", .float16).scalars(Float16Bits.self)[0].float == 2048)
        #expect(try tensor("[2049.0000000000000000000000001]", .float16).scalars(Float16Bits.self)[0].float == 2050)
        #expect(try tensor("[257]", .bfloat16).scalars(BFloat16Bits.self)[0].float == 256)
        #expect(try tensor("[2.98023223876953125e-8]", .float16).scalars(Float16Bits.self)[0].bits == 0)
        #expect(try tensor("[2.980232238769531250000000001e-8]", .float16).scalars(Float16Bits.self)[0].bits == 1)
    }

    @Test func readsTensorObjects() throws {
        let flat = try tensor(#"{"dtype":"int32","shape":[2,2],"data":[1,2,3,4]}"#)
        #expect(flat.dtype == .int32 && flat.shape == [2, 2] && flat.scalars(Int32.self) == [1, 2, 3, 4])
        #expect(try tensor(#"{"data":[[1,2]],"shape":[1,2]}"#).shape == [1, 2])
        #expect(try tensor(#"{"data":7,"shape":[]}"#).shape == [])
        #expect(try tensor(#"{"data":[],"shape":[0,3]}"#).shape == [0, 3])
        let encoded = try tensor(#"{"base64":"AACAPwAAAEA=","shape":[2],"dtype":"float32"}"#)
        #expect(encoded.values == [1, 2])
        #expect(try tensor(#"{"base64":"AACAPwAAAEA","shape":[2]}"#).values == [1, 2])
        #expect(try tensor(#"{"base64":"\u0041ACAPw==","shape":[1]}"#).values == [1])
        #expect(try tensor(#"{"base64":"AQAB","shape":[3],"dtype":"bool"}"#).scalars(Bool.self) == [true, false, true])
    }

    @Test(arguments: [
        #"{"dtype":"int32","shape":[3],"data":[1,2]}"#, #"{"dtype":"float31","shape":[],"data":1}"#,
        #"{"shape":[2],"base64":"AACAPw=="}"#, #"{"shape":[1],"base64":"AACAP!=="}"#, #"{"base64":"AACAPw=="}"#,
        #"{"shape":[1],"data":[1],"base64":"AACAPw=="}"#, #"{"shape":[1]}"#, #"{"shape":[-1],"data":[1]}"#,
        #"{"shape":[4294967296,4294967296,2],"data":[]}"#, #"{"shape":[2147483647,2147483647,2147483647],"data":[]}"#,
        #"{"shape":[2147483647,2147483647,2147483647],"base64":""}"#, #"{"shape":[1,1,1,1,1,1,1,1,1],"data":[1]}"#,
        #"{"shape":[1],"data":[1],"more":2}"#, #"{"shape":[1],"data":{"data":1}}"#,
        #"{"shape":[2,2],"data":[[1,2,3,4]]}"#,
        #"{"shape":[1],"base64":"Ag==","dtype":"bool"}"#, #"{"shape":[1],"shape":[1],"data":[1]}"#,
        #"{"shape":1,"data":[1]}"#,
    ])
    func refusesTensorObjectsThatDoNotAddUp(text: String) {
        #expect(throws: JSONError.self) { try tensor(text) }
    }

    @Test func tellsTensorObjectsFromMapsOfInputs() throws {
        #expect(try read(#"{"dtype":"int8","shape":[],"data":1}"#) { try $0.isTensorObject() })
        #expect(try read(#"{"data":[1]}"#) { try $0.isTensorObject() })
        #expect(try !read(#"{"data":[1]}"#) { try $0.isTensorObject(amongInputs: ["data"]) })
        #expect(try !read(#"{"x":[1],"data":[1]}"#) { try $0.isTensorObject() })
        #expect(try !read("[1]") { try $0.isTensorObject() })
        #expect(try !read("{}") { try $0.isTensorObject() })
    }

    @Test func staysWithinItsMemoryLimit() {
        let text = "[" + Array(repeating: "0", count: 2000).joined(separator: ",") + "]"
        let error = #expect(throws: JSONError.self) {
            try read(text, JSONLimits(tensorBytesMax: 4000)) { try $0.tensor(dtype: .float32) }
        }
        #expect(error?.reason == .tooLarge(bytesMax: 4000))
    }

    @Test func growsAsTheTextTurnsOut() throws {
        // Long numbers first, so that the guess from them is too small.
        let numbers = (0..<600).map { _ in "0.12345678901234567890" } + (0..<100_000).map { String($0 % 10) }
        let values = try tensor("[" + numbers.joined(separator: ", ") + "]").values
        #expect(values.count == 100_600)
        #expect(values[599] == 0.123456789 && values[600] == 0 && values[100_599] == 9)
    }

    @Test func survivesEveryPrefixOfATensor() {
        let text = Array(#"[[1.5,"NaN",-2e3],[0.25,1,"Infinity"]]"#.utf8)
        for end in 0..<text.count {
            #expect(throws: JSONError.self) { try tensor(String(decoding: text[..<end], as: UTF8.self)) }
        }
    }

    @Test(arguments: DType.allCases)
    func readsBackWhatItWrites(dtype: DType) throws {
        let bytes = (0..<96).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let count = 96 / dtype.byteCount / 4
        let source = try Tensor(uninitialized: TensorSpec([count, 4], dtype))
        source.buffer.pointer.copyMemory(from: dtype == .bool ? bytes.map { $0 & 1 } : bytes, byteCount: 96)
        for form in JSONWriter.TensorForm.allCases {
            var writer = JSONWriter()
            writer.tensor(source, as: form)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            let back = try tensor(text, dtype)
            #expect(back.spec == source.spec)
            #expect(sameNumbers(back, source), "\(text)")
        }
    }

    @Test func writesTheShapesOfArrays() {
        func text(_ tensor: Tensor) -> String {
            var writer = JSONWriter()
            writer.tensor(tensor)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        #expect(text(Tensor(2.5)) == "2.5")
        #expect(text(Tensor([2, 2], [1, 0.1, -3e20, .nan])) == #"[[1.0,0.1],[-3e20,"NaN"]]"#)
        #expect(text(Tensor([0, 8], [Float]())) == "[]")
        #expect(text(Tensor([2, 0], [Float]())) == "[[],[]]")
        #expect(text(Tensor([2, 1, 2], [true, false, true, true])) == "[[[true,false]],[[true,true]]]")
        #expect(text(Tensor([300], (0..<300).map { Int32($0) })).utf8.count == 10 + 180 + 600 + 299 + 2)
    }
}

func tensor(_ text: String, _ dtype: DType = .float32, expecting shape: Shape? = nil) throws -> Tensor {
    try read(text) { try $0.tensor(dtype: dtype, expecting: shape) }
}
