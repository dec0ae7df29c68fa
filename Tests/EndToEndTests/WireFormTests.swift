import Formats
import HTTPTestSupport
import TensorCore
import TestSupport
import Testing

/// The same call in every form that tensors travel in.
struct WireFormTests {
    let input = Tensor([2, 8], (0..<16).map { Float($0) / 8 })

    func bytes(_ pieces: [ByteRegion]) -> [UInt8] { pieces.flatMap(\.array) }

    @Test func everyFormGivesTheSameNumbers() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let call = "/models/net/call"
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("inputs")
                writer.tensor(input)
            }
            let json = try strata.request("POST", call, bytes: writer.bytes, type: "application/json")
            let expected = try #require(json.json["outputs"])

            let npy = try strata.request("POST", call, bytes: bytes(NPY.pieces(input)), type: "application/x-npy")
            #expect(npy.field("content-type") == "application/x-npy")
            #expect(npy.field("strata-version") == "1")
            let output = try ByteRegion(copying: npy.content).npy()
            #expect(try JSONValue(output) == expected)

            let npz = try strata.request(
                "POST", call, bytes: bytes(NPZ.pieces(["inputs": input])), type: "application/x-npz",
                headers: ["accept": "application/vnd.safetensors"])
            #expect(npz.field("content-type") == "application/vnd.safetensors")
            let tensors = try SafetensorsReader(ByteRegion(copying: npz.content)).tensors()
            #expect(try JSONValue(#require(tensors["outputs"])) == expected)

            let safetensors = try strata.request(
                "POST", call, bytes: bytes(SafetensorsPlan.pieces(["inputs.inputs": input])),
                type: "application/vnd.safetensors",
                headers: ["accept": "application/json"])
            #expect(safetensors.json["outputs"] == expected)
        }
    }

    @Test func whatCannotBeGivenOrTakenIsSaid() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let call = "/models/net/call"
            let good = bytes(NPY.pieces(input))
            #expect(
                try strata.request(
                    "POST", call, bytes: good, type: "application/x-npy", headers: ["accept": "text/html"]
                ).status == 406)
            for count in [0, 5, 10, 60, good.count - 1] {
                let cut = try strata.request("POST", call, bytes: Array(good[..<count]), type: "application/x-npy")
                #expect(cut.status == 400, "\(count)")
                #expect(cut.json["kind"] == "InvalidRequest")
            }
            let wide = bytes(NPY.pieces(widened(input)))
            let answer = try strata.request("POST", call, bytes: wide, type: "application/x-npy")
            #expect(answer.status == 422)
            #expect(answer.json["detail"]?.string?.contains("dtype float64 but layer 'dense' expects float32") == true)
            let stranger = bytes(try NPZ.pieces(["other": input]))
            #expect(try strata.request("POST", call, bytes: stranger, type: "application/x-npz").status == 422)
        }
    }

    @Test func variablesTravelInBinaryToo() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let path = "/models/net/variables/net/dense/bias:0"
            let value = Tensor([16], (0..<16).map { Float($0) })
            #expect(
                try strata.request("PUT", path, bytes: bytes(NPY.pieces(value)), type: "application/x-npy").status
                    == 200)
            let read = try strata.request("GET", path, headers: ["accept": "application/x-npy"])
            #expect(try ByteRegion(copying: read.content).npy().values == value.values)
            let all = try strata.request("GET", "/models/net/variables", headers: ["accept": "application/x-npz"])
            #expect(try NPZ.read(ByteRegion(copying: all.content))["net/dense/bias"]?.values == value.values)
        }
    }
}

extension ByteRegion {
    func npy() throws -> Tensor { try NPY.read(self) }
}

extension JSONValue {
    /// A tensor as nested arrays.
    init(_ tensor: Tensor) throws {
        var writer = JSONWriter()
        writer.tensor(tensor)
        self = try JSONValue(parsing: writer.bytes)
    }
}
