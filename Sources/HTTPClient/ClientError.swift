/// Why a request came to nothing.
public enum ClientError: Error, Equatable, CustomStringConvertible {
    /// No address of a server.
    case address(String)
    case unreachable(ServerAddress, reason: String)
    case timeout(ServerAddress)
    /// The server closed the connection before its answer was whole.
    case cutOff(ServerAddress)
    /// What came is no HTTP, or more than was to be taken.
    case badAnswer(ServerAddress, reason: String)
    case tls(ServerAddress, reason: String)

    public var description: String {
        switch self {
        case .address(let text): "'\(text)' is no address: it must be http://host:port, https://host:port or unix:/path"
        case .unreachable(let address, let reason): "\(address) cannot be reached: \(reason)"
        case .timeout(let address): "\(address) did not answer in time"
        case .cutOff(let address): "\(address) closed the connection before it had answered"
        case .badAnswer(let address, let reason): "\(address) answered with what is no HTTP: \(reason)"
        case .tls(let address, let reason): "\(address) cannot be spoken to under TLS: \(reason)"
        }
    }
}
