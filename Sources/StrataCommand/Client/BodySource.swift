import Glibc
import Strata

/// A body of a request: a file in one of the wire's forms, `-` for standard input, or the text itself.
struct BodySource {
    let bytes: [UInt8]
    let type: String

    init(_ argument: String) throws {
        if argument == "-" {
            (bytes, type) = (try BodySource.all(of: STDIN_FILENO, "standard input"), "application/json")
        } else if argument.hasPrefix("{") || argument.hasPrefix("[") {
            (bytes, type) = (Array(argument.utf8), "application/json")
        } else {
            let descriptor = open(argument, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SettingsError("\(argument): \(String(cString: strerror(errno)))") }
            defer { close(descriptor) }
            bytes = try BodySource.all(of: descriptor, argument)
            type = BodySource.types.first { argument.hasSuffix($0.0) }?.1 ?? "application/json"
        }
    }

    private static let types = [
        (".npy", "application/x-npy"), (".npz", "application/x-npz"), (".safetensors", "application/vnd.safetensors"),
    ]

    private static func all(of descriptor: Int32, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw SettingsError("\(name): \(String(cString: strerror(errno)))") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}
