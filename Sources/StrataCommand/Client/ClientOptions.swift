import ArgumentParser
import Formats
import HTTP
import HTTPClient
import Strata

/// Which server is asked, and who asks.
struct ClientOptions: ParsableArguments {
    @Option(
        help: "http://host:port, https://host:port or unix:/path. (default: STRATA_URL, else http://127.0.0.1:8080)")
    var url: String?
    @Option(help: "An API key. (default: STRATA_KEY, where fewer people see it)")
    var key: String?
    @Option(help: "Authorities in a PEM file that the server's certificate is checked by, instead of the system's.")
    var ca: String?
    @Option(help: "A client certificate chain in a PEM file.")
    var cert: String?
    @Option(help: "The key of the client certificate. (default: the same file)")
    var certKey: String?
    @Option(help: "Seconds to wait for the server.")
    var timeout = 60.0

    func client() throws -> HTTPClient {
        var tls = ClientTLS()
        (tls.authoritiesFile, tls.chainFile, tls.keyFile) = (ca, cert, certKey)
        let address = try ServerAddress(url ?? environment("STRATA_URL") ?? "http://127.0.0.1:8080")
        let client = HTTPClient(address, timeoutSeconds: timeout, tls: tls)
        if let key = key ?? environment("STRATA_KEY") { client.headers["authorization"] = "Bearer \(key)" }
        return client
    }

    /// Asks, and returns what came; ends the command when the server says no.
    func ask(
        _ method: HTTPMethod, _ path: String, type: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8]? = nil
    ) throws -> ClientAnswer {
        let answer = try client().send(method, path, type: type, headers: headers, body: body)
        guard answer.status >= 400 else { return answer }
        throw Refusal(answer)
    }

    /// Asks with JSON, for JSON.
    func askJSON(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
        let answer = try ask(method, path, type: body == nil ? nil : "application/json", body: body?.bytes)
        return answer.body.isEmpty ? .null : try JSONValue(parsing: answer.body)
    }

    /// All models of the server.
    func models() throws -> [JSONValue] {
        var models: [JSONValue] = []
        var page = ""
        while true {
            let answer = try askJSON(.get, "/models?limit=1000\(page)")
            models += answer["models"]?.array ?? []
            guard answer["has_more"]?.bool == true, let last = models.last?["name"]?.string else { return models }
            page = "&after=\(pathText(last))"
        }
    }
}
