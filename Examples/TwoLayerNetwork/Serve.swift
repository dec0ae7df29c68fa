import Strata

/// A server with the class compiled in. It listens on the port of its first argument, 8080 without one, and keeps its
/// models in `./data`.
///
///     swift run TwoLayerNetworkExample
///     curl -X PUT localhost:8080/models/mine -H 'content-type: application/json' -d '{"class_name": "TwoLayerNetwork"}'
///     curl localhost:8080/models/mine/call -H 'content-type: application/json' -d '{"inputs": [[1,1,1,1,1,1,1,1]]}'
@main
struct Serve {
    static func main() async throws {
        var settings = ServerSettings()
        settings.port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? settings.port
        var classes = NetworkClasses()
        classes.register("TwoLayerNetwork") { try TwoLayerNetwork(name: $0) }
        try await StrataServer(settings, classes: classes).run()
    }
}
