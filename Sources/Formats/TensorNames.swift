/// Names of tensors that come from outside. They are keys, never paths; one that looks like a path is refused, lest
/// anything ever takes it for one.
enum TensorNames {
    /// Longer names than this nobody has.
    static let byteCountMax = 4096

    /// What is wrong with a name; nil when nothing is. `net/dense/kernel` is fine.
    static func problem(with name: String) -> String? {
        if name.isEmpty { return "a name" }
        if name.utf8.count > byteCountMax { return "a name of at most \(byteCountMax) bytes" }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "a name without control characters" }
        if name.hasPrefix("/") || name.utf8.contains(UInt8(ascii: "\\")) { return "a name that is no path" }
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        if components.contains(where: { $0 == "." || $0 == ".." }) { return "a name that is no path" }
        return nil
    }

    static func check(_ name: String, _ format: FormatError.Format) throws(FormatError) {
        if let expected = problem(with: name) {
            throw FormatError(format, "names", .malformed(expected: expected, found: quoted(name)))
        }
    }
}
