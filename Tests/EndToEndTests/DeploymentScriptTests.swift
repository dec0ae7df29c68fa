import HTTPTestSupport
import TestSupport
import Testing

/// The scripts for cron …
struct DeploymentScriptTests {
    private static let folder =
        "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/deploy"

    private func run(_ script: String, on strata: StrataProcess, key: String? = nil) -> (status: Int32, output: String)
    {
        StrataProcess.shell(
            "export STRATA_URL=http://127.0.0.1:\(strata.port) \(key.map { "STRATA_KEY=\($0)" } ?? "")\n"
                + "cd '\(DeploymentScriptTests.folder)' && \(script)")
    }

    @Test func saveEveryModelAndKeepTheNewest() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            #expect(try strata.put("/models/other", #"{"class_name": "TwoLayerNetwork"}"#).status == 201)
            // Not built yet, so there is nothing to save.
            let late =
                #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]}}"#
            #expect(try strata.put("/models/late", late).status == 201)
            let saved = run("./checkpoint.sh", on: strata)
            #expect(saved.status == 0, "\(saved.output)")
            #expect(saved.output == "net-0\nother-0\n")

            let bias = "/models/net/variables/net/dense_1/bias:0"
            #expect(try strata.put(bias, #"{"value": [4.5]}"#).status == 200)
            for id in ["b", "c"] {
                #expect(try strata.post("/models/net/checkpoints", #"{"id": "\#(id)"}"#).status == 201)
            }
            #expect(try strata.request("DELETE", "/models/net/checkpoints/net-0").status == 204)
            let kept = run("STRATA_KEEP=2 ./checkpoint.sh net", on: strata)
            #expect(kept.status == 0, "\(kept.output)")
            #expect(run("./restore.sh net --list", on: strata).output == "c\nnet-0\n")

            #expect(try strata.put(bias, #"{"value": [7]}"#).status == 200)
            let restored = run("./restore.sh net", on: strata)
            #expect(restored.output == "net is at step 0, version 4\n")
            #expect(try strata.get(bias).json["value"] == [4.5])
            #expect(run("./restore.sh net c", on: strata).status == 0)
        }
    }

    @Test func sayWhatTheServerRefuses() async throws {
        try await onThread {
            let strata = try StrataProcess(["--demo"])
            let missing = run("./checkpoint.sh none", on: strata)
            #expect(missing.status == 1)
            #expect(missing.output.contains("there is no model 'none'"))
            let restored = run("./restore.sh net nothing", on: strata)
            #expect(restored.status == 1)
            #expect(restored.output.hasPrefix("404 "))
            #expect(run("./restore.sh", on: strata).status == 64)
            #expect(run("STRATA_KEEP=x ./checkpoint.sh", on: strata).status == 64)
            #expect(run("STRATA_URL=http://127.0.0.1:1 ./checkpoint.sh", on: strata).status != 0)
        }
    }

    @Test func showTheirKey() async throws {
        try await onThread {
            let directory = TemporaryDirectory()
            let made = StrataProcess.shell(
                "cd '\(directory.path)' && echo keys: > keys.yaml && '\(StrataProcess.executable)' key cron --scopes admin 2> key >> keys.yaml && cat key"
            )
            #expect(made.status == 0, "\(made.output)")
            let key = made.output.filter { !$0.isNewline }
            let strata = try StrataProcess(["--demo", "--keys-file", "keys.yaml"], in: directory)
            #expect(run("./checkpoint.sh", on: strata).status == 1)
            let saved = run("./checkpoint.sh", on: strata, key: key)
            #expect(saved.output == "net-0\n", "\(saved.output)")
        }
    }
}
