import Checkpoints
import Formats
import Glibc

/// Where settings come from: a flag, else its twin in the environment, else the file, else the default.
public struct SettingsSources: Sendable {
    private let flags: [(option: ServerOption, texts: [String])]
    private let variable: @Sendable (String) -> String?
    /// The file of settings that `--config` or `STRATA_CONFIG` names.
    public let file: String?

    /// - Parameters:
    ///   - arguments: flags: `--port 80`, `--port=80`, `--demo`; what may be several is given several times.
    ///   - variable: looks a variable of the environment up.
    /// - Throws: `SettingsError` for a flag that there is not, or that lacks its value.
    public init(
        arguments: [String] = [],
        variable: @escaping @Sendable (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) throws(SettingsError) {
        var flags: [(option: ServerOption, texts: [String])] = []
        var file: String?
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.count > 2 else {
                let before = flags.last?.option
                let way = if let before, before.isFlag { "--\(before.name)=\(argument)" } else { "--name value" }
                throw SettingsError("'\(argument)' is no flag; settings are given as \(way)")
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            func value() throws(SettingsError) -> String {
                if parts.count == 2 { return String(parts[1]) }
                guard let next = rest.popFirst() else { throw SettingsError("--\(name) needs a value") }
                return next
            }
            if name == "config" {
                file = try value()
                continue
            }
            let option = try ServerOption.named(name, argument)
            let text = option.isFlag && parts.count == 1 ? "true" : try value()
            let texts = option.words(in: text)
            if option.isList, let known = flags.firstIndex(where: { $0.option.name == name }) {
                flags[known].texts += texts
            } else {
                flags.removeAll { $0.option.name == name }
                flags.append((option, texts))
            }
        }
        self.flags = flags
        self.variable = variable
        self.file = file ?? variable("STRATA_CONFIG")
    }

    /// Reads the file again, and all the rest with it.
    ///
    /// - Throws: `SettingsError` that says what is wrong and where it was said.
    public func settings() throws(SettingsError) -> ServerSettings {
        try read().settings
    }

    /// The settings, and for each that is not at its default, where it was said.
    public func read() throws(SettingsError) -> (settings: ServerSettings, origins: [String: String]) {
        var settings = ServerSettings()
        var origins: [String: String] = [:]
        if let file {
            for (name, node) in try members(of: file) {
                let source = "\(file):\(node.line)"
                let option = try ServerOption.named(name, source)
                guard !node.isNull else { continue }
                guard let texts = node.texts else {
                    throw SettingsError("\(source): \(name) must be a value or a list")
                }
                let words = node.text.map(option.words) ?? texts
                try option.set(&settings, to: words, from: "\(source): \(name)")
                origins[name] = source
            }
        }
        for option in ServerOption.all {
            guard let text = variable(option.twin) else { continue }
            guard !text.hasPrefix("tcp://") else {
                throw SettingsError(
                    "\(option.twin) is '\(text)', which Kubernetes sets for a Service of this name: say enableServiceLinks: false in the pod"
                )
            }
            try option.set(&settings, to: option.words(in: text), from: option.twin)
            origins[option.name] = option.twin
        }
        for (option, texts) in flags {
            try option.set(&settings, to: texts, from: "--\(option.name)")
            origins[option.name] = "--\(option.name)"
        }
        return (settings, origins)
    }

    private func members(of file: String) throws(SettingsError) -> [(key: String, value: YAMLNode)] {
        let node = try TextFile.yaml(file)
        guard let members = node.members else {
            throw SettingsError("\(file):\(node.line): a file of settings says 'name: value' in each line")
        }
        return members
    }
}

/// Small files that an operator writes.
enum TextFile {
    private static let bytesMax = 1 << 20

    /// - Throws: `SettingsError` when it cannot be read, or is no YAML.
    static func yaml(_ path: String) throws(SettingsError) -> YAMLNode {
        let bytes: [UInt8]
        do {
            bytes = try LocalFileSystem().contents(path, bytesMax: bytesMax)
        } catch {
            throw SettingsError("\(path) cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError("\(path) is not UTF-8")
        }
        do {
            return try YAMLReader.parse(text)
        } catch {
            throw SettingsError("\(path): \(error)")
        }
    }
}
