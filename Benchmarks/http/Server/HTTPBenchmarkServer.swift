import Dispatch
import Glibc
import HTTP
import HTTPServer
import Telemetry

/// The HTTP floors with a handful of plain routes: what benchmarks and outside batteries talk to.
///
///     HTTPBenchmarkServer [--port 8080] [--event-loop epoll|dispatch] [--loops 1] [--unix PATH]
///         [--tls-cert FILE --tls-key FILE] [--max-connections 20000]
///         [--header-timeout 15] [--body-timeout 60] [--idle-timeout 60] [--write-timeout 60]
@main
struct HTTPBenchmarkServer {
    static func main() async throws {
        let arguments = Arguments(CommandLine.arguments)
        let settings = LogSettings(level: .warning)
        let server = HTTPServer(
            configuration: arguments.configuration, responder: RouterResponder(Router(BenchmarkRoutes.all)),
            logger: settings.logger("http"))
        for address in try server.start() { print("listening at \(address)") }
        fflush(nil)

        await waitForTermination()
        let isWhole = await server.drain(deadline: .seconds(25))
        exit(isWhole ? 0 : 1)
    }

    private static func waitForTermination() async {
        signal(SIGTERM, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        await withCheckedContinuation { continuation in
            source.setEventHandler {
                source.cancel()
                continuation.resume()
            }
            source.activate()
        }
    }
}
