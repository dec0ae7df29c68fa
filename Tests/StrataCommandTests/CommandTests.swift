import ArgumentParser
import HTTP
import HTTPClient
import Testing

@testable import StrataCommand

/// A command …
struct CommandTests {
    @Test(
        arguments: [
            ["key", "a", "--scopes", "write"], ["key", "a b", "--scopes", "read"], ["key", "a", "--scopes", ""],
            ["checkpoint", "net", "--keep", "0"], ["checkpoint"], ["checkpoint", "net", "--all"],
            ["variables", "net", "--set", "[1]"],
            ["bench", "/", "--connections", "0"],
            ["call", "net"], ["train"],
        ])
    func isRefusedBeforeAnythingIsAsked(arguments: [String]) {
        #expect(throws: (any Error).self) { try StrataCommand.parseAsRoot(arguments) }
    }

    /// Every command says what it is for, and what each of its options does.
    @Test func hasHelpWorthReading() {
        let commands: [any ParsableCommand.Type] = [
            ServeCommand.self, ConfigCommand.self, ConfigCommand.Check.self, KeyCommand.self, DoctorCommand.self,
            HealthCommand.self, ModelsCommand.self, VariablesCommand.self, CallCommand.self, TrainCommand.self,
            CheckpointCommand.self, RestoreCommand.self, BenchCommand.self,
        ]
        for command in commands {
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            #expect(StrataCommand.helpMessage(for: command).contains("USAGE: strata"), "\(command)")
        }
        #expect(StrataCommand.helpMessage(for: ServeCommand.self).contains("--max-body-bytes <number>"))
    }

    @Test func takesItsBodyFromText() throws {
        #expect(try BodySource("[[1]]").type == "application/json")
        #expect(try BodySource("[[1]]").bytes == Array("[[1]]".utf8))
        #expect(throws: (any Error).self) { try BodySource("/nowhere.npy") }
    }

    @Test func escapesWhatAPathCannotHold() {
        #expect(pathText("net/dense/kernel:0") == "net/dense/kernel:0")
        #expect(pathText("a b?c#d%é") == "a%20b%3Fc%23d%25%C3%A9")
    }

    @Test func standsInColumns() {
        #expect(table([["A", "LONG"], ["word", "x"]]) == "A     LONG\nword  x\n")
    }

    /// By the nearest rank: of a hundred times, the 99th is what 99 did not exceed.
    @Test func knowsItsPercentiles() {
        var result = LoadResult(seconds: 1)
        for index in (1...100).reversed() {
            result.add(
                ClientAnswer(status: index == 7 ? 500 : 200, headers: [:], body: [1, 2]), nanoseconds: UInt64(index))
        }
        #expect(result.percentile(0.5) == 50e-9)
        #expect(result.percentile(0.99) == 99e-9)
        #expect(result.percentile(0.999) == 100e-9)
        #expect(result.percentile(1) == 100e-9)
        #expect(result.errors == 1)
        #expect(LoadResult(seconds: 1).percentile(0.5) == 0)
    }
}
