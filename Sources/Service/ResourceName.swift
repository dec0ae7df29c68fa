/// The rule for names of models and for ids of checkpoints, jobs and data sets: `[A-Za-z0-9][A-Za-z0-9_.-]{0,127}`.
enum ResourceName {
    static func check(_ name: String, what: String) throws(ServiceError) {
        guard isValid(name) else { throw .invalidName(name, what: what) }
    }

    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    /// A checkpoint may not be called as TensorFlow's state file is.
    static func checkCheckpoint(_ id: String) throws(ServiceError) {
        try check(id, what: "checkpoint")
        guard id != "checkpoint" else { throw .invalidName(id, what: "checkpoint") }
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
