import Access
import HTTP
import TestSupport
import Testing

@testable import Strata

/// A file of keys …
struct KeysFileTests {
    private static let hash = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    private func read(_ text: String) throws -> [Caller] {
        let directory = TemporaryDirectory()
        try directory.write(Array(text.utf8), to: "keys.yaml")
        return try KeysFile.read(directory.path + "/keys.yaml")
    }

    @Test func saysWhoMayDoWhat() throws {
        let callers = try read(
            """
            keys:
              - name: grafana
                hash: \(KeysFileTests.hash)
                scopes: [read]
                rate: 10
              - name: trainer
                certificate: CN=trainer,O=Example
                scopes: [call, train]
            """)
        #expect(callers.map(\.name) == ["grafana", "trainer"])
        #expect(callers[0].proof == .key(KeyDigest(of: "abc")))
        #expect(callers[0].requestsPerSecond == 10)
        #expect(callers[1].proof == .certificate(subject: "CN=trainer,O=Example"))
        #expect(callers[1].scopes == [.call, .train])
        #expect(try read("keys:\n").isEmpty)
    }

    @Test(
        arguments: [
            ("keys:\n  - name: a\n    scopes: [read]\n", ":2: 'a' needs a hash or a certificate"),
            ("keys:\n  - name: a\n    hash: sha256:12\n    scopes: [read]\n", ":2: the hash of 'a' must be"),
            (
                "keys:\n  - name: a\n    hash: \(hash)\n    scopes: [write]\n",
                ":2: the scopes of 'a': 'write' is none of"
            ),
            ("keys:\n  - name: a\n    hash: \(hash)\n", ":2: 'a' needs scopes"),
            ("keys:\n  - hash: \(hash)\n    scopes: [read]\n", ":2: a key needs a name"),
            ("keys:\n  - name: anonymous\n    hash: \(hash)\n    scopes: [read]\n", ":2: a key needs a name"),
            ("keys:\n  - name: a\n    hsh: b\n", ":3: a key has no 'hsh'"), ("keys: a\n", ":1: keys must be a list"),
            ("key:\n  - a\n", ":2: there is no 'key' in a file of keys"),
            ("keys:\n  - name: a\n    hash: \(hash)\n    scopes: [read]\n    rate: -1\n", ":5: the rate of 'a'"),
            (
                "keys:\n  - name: a\n    hash: \(hash)\n    scopes: [read]\n  - name: b\n    hash: \(hash)\n    scopes: [read]\n",
                ":5: 'b' has the name or the key of one above"
            ),
        ])
    func isRefusedByItsLine(text: String, message: String) {
        let error = #expect(throws: SettingsError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func decidesWhatAnonymousCallersMayDo() throws {
        func scopes(_ arguments: [String], hasKeys: Bool = false) throws -> Set<RouteScope> {
            try SettingsSources(arguments: arguments) { _ in nil }.settings().effectiveAnonymousScopes(hasKeys: hasKeys)
        }
        #expect(try scopes([]) == [.read, .call, .train, .admin])
        #expect(try scopes(["--host", "::1"]) == [.read, .call, .train, .admin])
        #expect(try scopes(["--listen", "unix:/a"]) == [.read, .call, .train, .admin])
        #expect(try scopes(["--host", "0.0.0.0"]) == [.read, .call])
        #expect(try scopes(["--listen", "127.0.0.1:1", "--listen", "10.0.0.1:1"]) == [.read, .call])
        #expect(try scopes(["--host", "0.0.0.0", "--anonymous", "admin"]) == [.admin])
        #expect(try scopes(["--anonymous", "none"]).isEmpty)
        #expect(try scopes([], hasKeys: true).isEmpty)
        #expect(try scopes(["--anonymous", "read"], hasKeys: true) == [.read])
    }
}
