/// The text file `checkpoint` beside TensorFlow checkpoints: which is the newest, and which are kept.
///
/// It has no checksum, so it is never trusted for more than names, which must then exist.
public struct CheckpointState: Hashable, Sendable {
    /// Enough for a hundred thousand of the longest names.
    public static let bytesMax = 16 << 20

    /// The newest checkpoint's prefix, relative to the file's folder or absolute.
    public var latest: String
    /// All that are kept, oldest first, the newest among them.
    public var all: [String]
    /// When each of them was saved, in seconds since 1970; as many as `all`, or none.
    public var timestamps: [Double] = []
    /// When the last checkpoint was saved that rotation is to spare for good.
    public var lastPreservedTimestamp: Double?

    public init(latest: String, all: [String]) {
        self.latest = latest
        // As TensorFlow does: the newest belongs to the list, last.
        self.all = all.contains(latest) ? all : all + [latest]
    }

    /// The file's text.
    public var text: String {
        var lines = ["model_checkpoint_path: \(CheckpointState.quote(latest))"]
        lines += all.map { "all_model_checkpoint_paths: \(CheckpointState.quote($0))" }
        lines += timestamps.map { "all_model_checkpoint_timestamps: \($0)" }
        if let lastPreservedTimestamp { lines.append("last_preserved_timestamp: \(lastPreservedTimestamp)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads the file's text, a protocol buffer in text form.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(FormatError) {
        guard bytes.count <= CheckpointState.bytesMax else {
            throw FormatError(.state, "file", .limit(max: CheckpointState.bytesMax, found: bytes.count))
        }
        var text = TextFormatReader(bytes)
        var latest: String?
        all = []
        while let field = try text.field() {
            switch field {
            case "model_checkpoint_path": latest = try text.string()
            case "all_model_checkpoint_paths": all.append(try text.string())
            case "all_model_checkpoint_timestamps": timestamps.append(try text.number())
            case "last_preserved_timestamp": lastPreservedTimestamp = try text.number()
            default: try text.skipValue()
            }
        }
        guard let latest else { throw FormatError(.state, "file", .missing(name: "model_checkpoint_path")) }
        self.latest = latest
        if !all.contains(latest) { all.append(latest) }
        if timestamps.count != all.count { timestamps = [] }
    }

    public init(parsing text: String) throws {
        var text = text
        self = try text.withUTF8 { try CheckpointState(parsing: UnsafeRawBufferPointer($0)) }
    }

    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let octal = String(scalar.value, radix: 8)
                quoted += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
