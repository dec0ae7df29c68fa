import TestSupport
import Testing

@testable import Strata

/// A setting …
struct SettingsSourcesTests {
    private func sources(_ arguments: [String], _ environment: [String: String] = [:]) throws -> SettingsSources {
        try SettingsSources(arguments: arguments) { environment[$0] }
    }

    private func settings(_ arguments: [String], _ environment: [String: String] = [:]) throws -> ServerSettings {
        try sources(arguments, environment).settings()
    }

    private func file(_ text: String, in directory: TemporaryDirectory) throws -> String {
        let path = directory.path + "/strata.yaml"
        try directory.write(Array(text.utf8), to: "strata.yaml")
        return path
    }

    @Test func comesFromItsFlagBeforeItsTwinBeforeTheFileBeforeTheDefault() throws {
        let directory = TemporaryDirectory()
        let path = try file("port: 8000\nlisten: [a:1, b:2]\nidle-timeout: 0.5 # seconds\ndemo: yes\n", in: directory)
        #expect(try settings([]).port == 8080)
        #expect(try settings(["--config", path]).port == 8000)
        #expect(try settings([], ["STRATA_CONFIG": path]).port == 8000)
        #expect(try settings(["--config", path], ["STRATA_PORT": "9000"]).port == 9000)
        #expect(try settings(["--config=\(path)", "--port", "9001"], ["STRATA_PORT": "9000"]).port == 9001)
        #expect(try settings(["--config", path]).listen == ["a:1", "b:2"])
        #expect(try settings(["--config", path]).idleTimeoutSeconds == 0.5)
        #expect(try settings(["--config", path]).isDemo)
        #expect(try !settings(["--config", path, "--demo=false"]).isDemo)
        #expect(
            try settings(["--listen", "a:1", "--listen", "b:2"], ["STRATA_LISTEN": "c:3"]).listen == ["a:1", "b:2"])
        #expect(try settings([], ["STRATA_LISTEN": "c:3,d:4"]).listen == ["c:3", "d:4"])
        #expect(try settings(["--listen", "a:1,b:2", "--listen", "c:3"]).listen == ["a:1", "b:2", "c:3"])
        #expect(try settings(["--demo"], ["STRATA_DEMO": "0"]).isDemo)
        let origins = try sources(["--port", "1", "--config", path], ["STRATA_HOST": "::1"]).read().origins
        #expect(origins["port"] == "--port")
        #expect(origins["host"] == "STRATA_HOST")
        #expect(origins["listen"] == "\(path):2")
        #expect(origins["threads"] == nil)
    }

    @Test(
        arguments: [
            (["--port", "70000"], [:], "--port must be from 0 to 65535, but it is 70000"),
            ([], ["STRATA_PORT": "http"], "STRATA_PORT must be a number, but it is 'http'"),
            ([], ["STRATA_PORT": "tcp://10.0.0.1:80"], "STRATA_PORT is 'tcp://10.0.0.1:80', which Kubernetes sets"),
            ([], ["STRATA_PORT": "-1"], "STRATA_PORT must be from 0 to 65535, but it is -1"),
            ([], ["STRATA_DEMO": "perhaps"], "STRATA_DEMO must be true or false, but it is 'perhaps'"),
            (["--event-loop", "kqueue"], [:], "--event-loop must be one of epoll, dispatch, but it is 'kqueue'"),
            (["--prot", "1"], [:], "--prot: there is no setting 'prot'; did you mean port?"),
            (["--port"], [:], "--port needs a value"),
            (["serve"], [:], "'serve' is no flag; settings are given as --name value"),
            (["--audit-log", "false"], [:], "'false' is no flag; settings are given as --audit-log=false"),
            (["--idle-timeout", "nan"], [:], "--idle-timeout must be from 0.001 to 1000000.0, but it is nan"),
            (["--config", "/none"], [:], "/none cannot be read"),
        ] as [([String], [String: String], String)])
    func isRefusedByItsNameAndSource(arguments: [String], environment: [String: String], message: String) {
        let error = #expect(throws: SettingsError.self) { try settings(arguments, environment) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        arguments: [
            ("host: a\nport: x\n", ":2: port must be a number, but it is 'x'"),
            ("prot: 1\n", ":1: there is no setting 'prot'; did you mean port?"),
            ("port:\n  a: b\n", ":2: port must be a value or a list"),
            ("port: [1, 2]\n", ":1: port takes one value, but 2 were given"),
            ("port: 1\nport: 2\n", ": line 2: 'port' stands here twice"),
            ("- port\n", ":1: a file of settings says 'name: value' in each line"),
            ("a: {}\n", ": line 1: '{}' starts with '{'"),
        ])
    func isRefusedByItsLineInTheFile(text: String, message: String) throws {
        let directory = TemporaryDirectory()
        let path = try file(text, in: directory)
        let error = #expect(throws: SettingsError.self) { try settings(["--config", path]) }
        #expect(error?.description.hasPrefix(path + message) == true, "\(error?.description ?? "")")
    }

    /// What `strata config check` prints says the same when it is read as a file.
    @Test func isReadBackAsItIsTold() throws {
        let directory = TemporaryDirectory()
        let given = try settings(
            ["--port", "1", "--listen", "[::1]:80", "--listen", "unix:/a b", "--demo", "--tls-client-ca", "it's"])
        let path = try file(SettingsHelp.file(given, origins: [:]), in: directory)
        let read = try settings(["--config", path])
        for option in ServerOption.all { #expect(option.texts(in: read) == option.texts(in: given), "\(option.name)") }
    }

    @Test func hasOneNameAndOnePlace() {
        let names = ServerOption.all.map(\.name)
        #expect(Set(names).count == names.count)
        for option in ServerOption.all {
            #expect(option.help.hasSuffix("."), "\(option.name)")
            #expect(!option.help.contains("|"), "\(option.name)")
        }
    }

    /// The table in the documentation is made by `strata config table`.
    @Test func isDocumentedAsItIs() throws {
        let path = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/")
        let text = String(decoding: try Goldens.bytes(at: path + "/docs/SETTINGS.md"), as: UTF8.self)
        #expect(text.hasSuffix(SettingsHelp.markdown))
    }

    @Test(
        arguments: [
            (["--log-level", "loud"], "--log-level must be one of"), (["--listen", "a"], "listen must be host:port"),
            (["--tls-cert", "a"], "each tls-cert needs its tls-key"),
            (["--tls-cert", "a", "--tls-key", "b"], "certificate 'a'"),
            (["--anonymous", "write"], "anonymous: 'write' is none of read, call, train, admin"),
            (["--keys-file", "/none"], "/none cannot be read"),
            (["--otlp-endpoint", "host"], "otlp-endpoint: 'host' is no address"),
        ])
    func isCheckedWithoutServing(arguments: [String], message: String) {
        let error = #expect(throws: SettingsError.self) { try settings(arguments).check() }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
