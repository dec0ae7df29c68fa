import Access
import Formats
import HTTP

/// The file that says who may do what:
///
///     keys:
///       - name: grafana
///         hash: sha256:9f86d081…
///         scopes: [read]
///       - name: trainer
///         certificate: CN=trainer,O=Example
///         scopes: [call, train]
///         rate: 50
enum KeysFile {
    /// - Throws: `SettingsError` with the line of what is wrong.
    static func read(_ path: String) throws(SettingsError) -> [Caller] {
        let node = try TextFile.yaml(path)
        guard let members = node.members else { throw SettingsError("\(path): a file of keys begins with 'keys:'") }
        if let unknown = members.first(where: { $0.key != "keys" }) {
            throw SettingsError("\(path):\(unknown.value.line): there is no '\(unknown.key)' in a file of keys")
        }
        guard let list = node["keys"], !list.isNull else { return [] }
        guard let items = list.items else { throw SettingsError("\(path):\(list.line): keys must be a list") }
        var callers: [Caller] = []
        for item in items {
            let caller = try caller(item, path)
            if callers.contains(where: { $0.name == caller.name || $0.proof == caller.proof }) {
                throw SettingsError("\(path):\(item.line): '\(caller.name)' has the name or the key of one above")
            }
            callers.append(caller)
        }
        return callers
    }

    private static func caller(_ node: YAMLNode, _ path: String) throws(SettingsError) -> Caller {
        func error(_ problem: String, _ line: Int? = nil) -> SettingsError {
            SettingsError("\(path):\(line ?? node.line): \(problem)")
        }
        let known = ["name", "hash", "certificate", "scopes", "rate"]
        for (key, value) in node.members ?? [] where !known.contains(key) {
            throw error("a key has no '\(key)'; it has \(known.joined(separator: ", "))", value.line)
        }
        guard let name = node["name"]?.text, !name.isEmpty, name != "anonymous" else {
            throw error("a key needs a name, which may not be 'anonymous'")
        }
        let proof: Caller.Proof
        switch (node["hash"]?.text, node["certificate"]?.text) {
        case (let hash?, nil):
            guard let digest = KeyDigest(hash) else {
                throw error("the hash of '\(name)' must be sha256: and 64 hexadecimal digits")
            }
            proof = .key(digest)
        case (nil, let subject?): proof = .certificate(subject: subject)
        default: throw error("'\(name)' needs a hash or a certificate, and not both")
        }
        guard let texts = node["scopes"]?.texts, !texts.isEmpty else { throw error("'\(name)' needs scopes") }
        var rate: Double?
        if let node = node["rate"] {
            guard let number = node.text.flatMap(Double.init), number >= 0, number <= 1e9 else {
                throw error("the rate of '\(name)' must be a number of requests a second", node.line)
            }
            rate = number
        }
        do {
            return Caller(
                name: name, proof: proof, scopes: try RouteScope.set(texts), requestsPerSecond: rate)
        } catch {
            throw SettingsError("\(path):\(node.line): the scopes of '\(name)': \(error)")
        }
    }
}

extension RouteScope {
    /// What a caller may be given.
    static let grantable: [RouteScope] = [.read, .call, .train, .admin]

    /// - Throws: `SettingsError` for a word that is no scope.
    static func set(_ texts: [String]) throws(SettingsError) -> Set<RouteScope> {
        var scopes: Set<RouteScope> = []
        for text in texts {
            guard let scope = RouteScope(rawValue: text), grantable.contains(scope) else {
                let words = grantable.map(\.rawValue).joined(separator: ", ")
                throw SettingsError("'\(text)' is none of \(words)")
            }
            scopes.insert(scope)
        }
        return scopes
    }
}
