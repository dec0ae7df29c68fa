/// The grammar of `Host`: `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2).
enum HostValue {
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "[") else { return isNameAndPort(bytes) }
        guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
        return isAddress(bytes[(bytes.startIndex + 1)..<close]) && isPort(bytes[(close + 1)...])
    }

    private static func isNameAndPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        let colon = bytes.firstIndex(of: .colon) ?? bytes.endIndex
        return isName(bytes[..<colon]) && isPort(bytes[colon...])
    }

    /// Empty, or a colon and digits that make a port, if any.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard first == .colon, digits.count <= 5, digits.allSatisfy(\.isDigit) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65_535
    }

    /// A registered name or an IPv4 address. It may be empty: RFC 9112 §3.2 wants the field, not a name in it.
    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == .percent {
                guard index + 2 < bytes.endIndex, bytes[index + 1].hexadecimalValue != nil,
                    bytes[index + 2].hexadecimalValue != nil
                else { return false }
                index += 3
            } else {
                // A comma is a legal sub-delim, but `a, b` and `a,b` are two hosts folded into one.
                guard bytes[index].isHostByte, bytes[index] != .comma else { return false }
                index += 1
            }
        }
        return true
    }

    /// What stands in brackets: an IPv6 address by its alphabet, or `v1.something`.
    private static func isAddress(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        if first.lowercased == UInt8(ascii: "v") {
            return bytes.contains(.period) && bytes.allSatisfy { $0.isHostByte || $0 == .colon }
        }
        return bytes.contains(.colon)
            && bytes.allSatisfy { $0.hexadecimalValue != nil || $0 == .colon || $0 == .period }
    }
}
