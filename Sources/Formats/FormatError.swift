import TensorCore

/// Bytes that are not what they should be: which format, where in it, and what is wrong.
public struct FormatError: Error, Equatable, Sendable {
    public enum Format: String, Sendable {
        case bundle = "TensorFlow checkpoint"
        case state = "checkpoint state file"
        case safetensors, npy, npz, tar
        case csv = "CSV"
        case record = "TFRecord"
    }

    public enum Problem: Equatable, Sendable {
        /// The bytes end too soon.
        case truncated(needed: Int, available: Int)
        /// Something else stands there.
        case malformed(expected: String, found: String)
        case checksum(stored: UInt32, computed: UInt32)
        /// Well formed, but nothing this reader knows.
        case unsupported(String)
        /// More than the caller allows.
        case limit(max: Int, found: Int)
        case duplicate(name: String)
        case missing(name: String)
        case outOfMemory(byteCount: Int)
    }

    public let format: Format
    /// The part of the file, or the tensor: `"footer"`, `"tensor 'net/dense/kernel'"`.
    public let place: String
    /// Bytes from the start of the file, where that is known.
    public let offset: Int?
    public let problem: Problem

    public init(_ format: Format, _ place: String, at offset: Int? = nil, _ problem: Problem) {
        self.format = format
        self.place = place
        self.offset = offset
        self.problem = problem
    }
}

extension FormatError: ReferenceError {
    public var kind: ErrorKind {
        switch problem {
        case .missing: .notFound
        case .limit, .outOfMemory: .resourceExhausted
        case .unsupported: .notImplemented
        default: .value
        }
    }

    public var description: String {
        let position = offset.map { " at byte \($0)" } ?? ""
        return "\(format.rawValue), \(place)\(position): \(problem)"
    }
}

extension FormatError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available): "\(needed) bytes needed, \(available) left"
        case .malformed(let expected, let found): "expected \(expected), found \(found)"
        case .checksum(let stored, let computed):
            "the checksum does not match: stored 0x\(String(stored, radix: 16)), computed 0x\(String(computed, radix: 16))"
        case .unsupported(let what): "\(what) is not supported"
        case .limit(let max, let found): "\(found) is beyond the limit of \(max)"
        case .duplicate(let name): "the name \(quoted(name)) occurs twice"
        case .missing(let name): "there is no \(quoted(name))"
        case .outOfMemory(let byteCount): "no memory for \(byteCount) bytes"
        }
    }
}

/// A name from outside as it may stand in a message: between quotes, without control characters, and not endless.
func quoted(_ text: some StringProtocol) -> String {
    let shown = text.unicodeScalars.prefix(80).map { scalar in
        scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : String(scalar)
    }
    return "'\(shown.joined())\(text.unicodeScalars.count > 80 ? "…" : "")'"
}
