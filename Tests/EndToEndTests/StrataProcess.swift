import CLinux
import Glibc
import HTTPServer
import HTTPTestSupport
import Locking
import TestSupport

/// The built executable, serving on a free port from a data directory of its own.
final class StrataProcess: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let directory: TemporaryDirectory
    let port: Int
    private let identifier: pid_t
    private let output: Int32
    private let isRunning = Lock(true)

    /// Starts `strata serve` and waits until it tells its address.
    ///
    /// - Parameter before: what the shell is to do first, such as `ulimit -f 100`.
    convenience init(
        _ arguments: [String] = [], in directory: TemporaryDirectory = TemporaryDirectory(), after before: String = ":"
    ) throws {
        try self.init(
            running: "strata", ["serve", "--port", "0", "--data-dir", directory.path + "/data"] + arguments,
            in: directory, after: before)
    }

    /// Starts an executable of this package, in a folder of its own, and waits until it tells its address.
    init(
        running name: String, _ arguments: [String], in directory: TemporaryDirectory = TemporaryDirectory(),
        after before: String = ":"
    ) throws {
        self.directory = directory
        let child = try StrataProcess.spawn(arguments, running: name, in: directory.path, after: before)
        identifier = child.identifier
        output = child.output
        var line = ""
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(Character(Unicode.Scalar(byte))) }
        guard let colon = line.lastIndex(of: ":"), let port = Int(line[line.index(after: colon)...]) else {
            kill(child.identifier, SIGKILL)
            throw Failure(description: "\(name) printed '\(line)' instead of its address")
        }
        self.port = port
    }

    deinit {
        if isRunning.withLock({ $0 }) {
            kill(identifier, SIGKILL)
            var status: Int32 = 0
            waitpid(identifier, &status, 0)
        }
        close(output)
    }

    func send(_ signal: Int32) { kill(identifier, signal) }

    /// Sends a signal and waits for the end.
    ///
    /// - Returns: the exit status; for an end by a signal, 128 and the signal's number.
    func end(with signal: Int32 = SIGTERM) -> Int32 {
        kill(identifier, signal)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
        isRunning.withLock { $0 = false }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    /// Runs `strata` to its end and returns its exit status and what it printed, errors included.
    static func run(_ arguments: [String], in directory: String = "/tmp") throws -> (status: Int32, output: String) {
        let child = try spawn(arguments, in: directory, joinsErrors: true)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(child.output, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        close(child.output)
        var status: Int32 = 0
        waitpid(child.identifier, &status, 0)
        return ((status >> 8) & 0xff, String(decoding: bytes, as: UTF8.self))
    }

    /// The server: the one just built, unless the environment names another, such as a container's.
    static let executable = getenv("STRATA_EXECUTABLE").map { String(cString: $0) } ?? executables + "/strata"

    /// The executables lie beside the bundle that these tests are in.
    static let executables: String = {
        var path = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        if !path.hasPrefix("/"), let here = getcwd(nil, 0) { path = String(cString: here) + "/" + path }
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    private static func spawn(
        _ arguments: [String], running name: String = "strata", in directory: String, after before: String = ":",
        joinsErrors: Bool = false
    ) throws -> (identifier: pid_t, output: Int32) {
        var pipe: [Int32] = [0, 0]
        guard cl_pipe(&pipe) == 0 else { throw Failure(description: "no pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        if joinsErrors { posix_spawn_file_actions_adddup2(&actions, pipe[1], 2) }
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The shell changes the folder, does what is to come before, and becomes the executable.
        let executable = name == "strata" ? StrataProcess.executable : executables + "/" + name
        let shell = ["sh", "-c", #"cd "$0" && "# + before + #" && exec "$@""#, directory, executable]
        let words = (shell + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, "/bin/sh", &actions, nil, words + [nil], environ)
        close(pipe[1])
        guard code == 0 else {
            close(pipe[0])
            throw Failure(description: "cannot run \(executable): \(String(cString: strerror(code)))")
        }
        return (identifier, pipe[0])
    }
}

extension StrataProcess {
    /// Runs a line of bash; returns its exit status and all it printed.
    static func shell(_ script: String) -> (status: Int32, output: String) {
        guard let stream = popen("bash -c \(quoted("exec 2>&1\n" + script))", "re") else { return (-1, "") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { output += buffer[..<count] }
        let status = pclose(stream)
        return ((status >> 8) & 0xff, String(decoding: output, as: UTF8.self))
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
