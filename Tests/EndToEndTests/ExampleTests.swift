import Formats
import HTTPTestSupport
import Testing

/// The examples run as they stand.
struct ExampleTests {
    @Test func aNetworkOfOnesOwnIsServed() async throws {
        try await onThread {
            let server = try StrataProcess(running: "TwoLayerNetworkExample", ["0"])
            #expect(try server.put("/models/mine", #"{"class_name": "TwoLayerNetwork"}"#).status == 201)
            let answer = try server.post("/models/mine/call", #"{"inputs": [[1,1,1,1,1,1,1,1],[0,0,0,0,0,0,0,0]]}"#)
            #expect(answer.status == 200)
            let outputs = answer.json["outputs"]?.array?.map { $0.array?.first?.double }
            // No bias has been learned yet, so nothing comes of nothing.
            #expect(outputs?.count == 2 && outputs?[0] != 0 && outputs?[1] == 0)
            let variables = try server.get("/models/mine/variables").json["variables"]?.array
            #expect(
                variables?.compactMap { $0["name"]?.string } == [
                    "mine/dense/kernel:0", "mine/dense/bias:0", "mine/dense_1/kernel:0", "mine/dense_1/bias:0",
                ])
            #expect(server.end() == 0)
        }
    }
}
