import TensorCore

/// What a folder of checkpoints cannot do.
public enum CheckpointError: Error, Hashable, Sendable {
    case invalidID(String)
    case alreadyExists(id: String)
    case notFound(id: String)
    /// Another save, import or removal is under way in this folder.
    case busy
    /// An upload went beyond what it may have.
    case tooLarge(byteCountMax: Int)
}

extension CheckpointError: ReferenceError {
    public var kind: ErrorKind {
        switch self {
        case .invalidID: .value
        case .alreadyExists: .alreadyExists
        case .notFound: .notFound
        case .busy: .runtime
        case .tooLarge: .resourceExhausted
        }
    }

    public var description: String {
        switch self {
        case .invalidID(let id):
            "'\(id.prefix(160))' cannot name a checkpoint: a letter or digit, then at most 127 letters, digits, '_', '.', "
                + "'-', and not 'checkpoint'"
        case .alreadyExists(let id): "a checkpoint '\(id)' exists already"
        case .notFound(let id): "there is no checkpoint '\(id)'"
        case .busy: "another save is under way"
        case .tooLarge(let byteCountMax): "the checkpoint is larger than \(byteCountMax) bytes"
        }
    }
}

/// The name of one checkpoint, which is also the beginning of its files' names.
public enum CheckpointID {
    public static func isValid(_ id: String) -> Bool {
        let bytes = Array(id.utf8)
        guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first), id != "checkpoint" else {
            return false
        }
        return bytes.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
