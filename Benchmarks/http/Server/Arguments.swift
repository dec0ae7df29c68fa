import HTTP
import HTTPServer

/// The few flags of the benchmark server, read by hand.
struct Arguments {
    private(set) var configuration = HTTPServerConfiguration()

    init(_ arguments: [String]) {
        var values: [String: String] = [:]
        var index = 1
        while index + 1 < arguments.count {
            values[arguments[index]] = arguments[index + 1]
            index += 2
        }
        let port = values["--port"].flatMap { Int($0) } ?? 8080
        configuration.listeners = [.tcp(host: values["--host"] ?? "127.0.0.1", port: port)]
        if let path = values["--unix"] { configuration.listeners.append(.unix(path: path)) }
        if let chain = values["--tls-cert"], let key = values["--tls-key"] {
            configuration.tls = TLSConfiguration(certificates: [.init(chainFile: chain, keyFile: key)])
        }
        configuration.eventLoop = values["--event-loop"].flatMap(EventLoopKind.init) ?? .epoll
        func seconds(_ flag: String, _ path: WritableKeyPath<HTTPTimeouts, Duration>) {
            if let value = values[flag].flatMap({ Double($0) }) {
                configuration.timeouts[keyPath: path] = .seconds(value)
            }
        }
        seconds("--header-timeout", \.header)
        seconds("--body-timeout", \.body)
        seconds("--idle-timeout", \.idle)
        seconds("--write-timeout", \.write)
        if let count = values["--max-connections"].flatMap({ Int($0) }) { configuration.connectionsMax = count }
        configuration.loopCount = values["--loops"].flatMap { Int($0) } ?? configuration.loopCount
    }
}
