import Strata
import Testing

@testable import StrataCommand

struct SettingsEnvironmentTests {
    func settings(_ arguments: [String], _ environment: [String: String] = [:]) throws -> ServerSettings {
        try ServeCommand.parse(arguments).settings(SettingsEnvironment { environment[$0] })
    }

    @Test func aFlagComesBeforeItsTwinAndTheTwinBeforeTheDefault() throws {
        #expect(try settings([]).port == 8080)
        #expect(try settings([], ["STRATA_PORT": "9000"]).port == 9000)
        #expect(try settings(["--port", "9001"], ["STRATA_PORT": "9000"]).port == 9001)
        #expect(try settings([], ["STRATA_MAX_BODY_BYTES": "5"]).bodyBytesMax == 5)
        #expect(try settings([], ["STRATA_IDLE_TIMEOUT": "0.5"]).idleTimeoutSeconds == 0.5)
        #expect(try settings([], ["STRATA_DEMO": "true"]).isDemo)
        #expect(try !settings([], ["STRATA_DEMO": "0"]).isDemo)
        #expect(try settings(["--demo"], ["STRATA_DEMO": "0"]).isDemo)
    }

    @Test(
        arguments: [
            (["--port", "70000"], [:], "--port must be from 0 to 65535, but it is 70000"),
            ([], ["STRATA_PORT": "http"], "STRATA_PORT must be a number, but it is 'http'"),
            ([], ["STRATA_PORT": "-1"], "STRATA_PORT must be from 0 to 65535, but it is -1"),
            ([], ["STRATA_DEMO": "perhaps"], "STRATA_DEMO must be true or false, but it is 'perhaps'"),
        ] as [([String], [String: String], String)])
    func saysWhichSettingIsWrongAndWhereItCameFrom(arguments: [String], environment: [String: String], message: String)
    {
        #expect {
            try settings(arguments, environment)
        } throws: { error in
            (error as? SettingsError)?.description == message
        }
    }
}
