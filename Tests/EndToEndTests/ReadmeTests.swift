import HTTPTestSupport
import Testing

/// The README is followed word for word: every line of its tour runs, in order, against one server.
struct ReadmeTests {
    @Test func everyLineOfTheTourWorks() async throws {
        try await onThread {
            let readme = StrataProcess.shell("cat '\(repository)/README.md'").output
            var blocks: [Substring] = []
            for part in readme.split(separator: "```sh tour\n").dropFirst() {
                blocks.append(part[..<(part.firstRange(of: "\n```")?.lowerBound ?? part.endIndex)])
            }
            #expect(blocks.count >= 5)
            let strata = try StrataProcess(["--demo"])
            for block in blocks {
                // Each command must succeed, and say nothing but what the server said.
                let script = """
                    set -e
                    cd '\(repository)'
                    curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
                    \(block.split(separator: "localhost:8080").joined(separator: "localhost:\(strata.port)"))
                    """
                let run = StrataProcess.shell(script)
                #expect(run.status == 0, "\(block)\n\(run.output)")
            }
            let evaluated = try strata.post(
                "/models/digits/evaluate", #"{"data": {"dataset": "digits", "inputs": "x_test", "targets": "y_test"}}"#)
            #expect(try #require(evaluated.json["metrics"]?["accuracy"]?.double) >= 0.965)
            #expect(strata.end() == 0)
        }
    }

    /// The answers that the README shows are those that the server gives.
    @Test func theAnswersThatItShowsAreTrue() async throws {
        try await onThread {
            let readme = StrataProcess.shell("cat '\(repository)/README.md'").output
            let strata = try StrataProcess(["--demo"])
            let answer = try strata.post("/models/net/call", #"{"inputs":[[1,1,1,1,1,1,1,1]]}"#)
            #expect(readme.contains(String(decoding: answer.content, as: UTF8.self)))
            let detail = try strata.post("/models/net/call", #"{"inputs": [[1, 2, 3]]}"#).json["detail"]?.string
            #expect(readme.contains(try #require(detail)))
        }
    }
}

let repository = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
    separator: "/")
