/// Percent-decoding (RFC 3986 §2.1), done once, on bytes whose escapes have been checked.
public enum PercentEncoding {
    /// The bytes that an encoded run stands for; a percent sign that starts no escape stands for itself.
    static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == .percent, index + 2 < bytes.endIndex, let high = bytes[index + 1].hexadecimalValue,
                let low = bytes[index + 2].hexadecimalValue
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(byte == UInt8(ascii: "+") && plusIsSpace ? .space : byte)
                index += 1
            }
        }
        return result
    }

    /// Whether the decoded bytes are well-formed UTF-8 without NUL, so that a string can say them exactly.
    static func decodesToText(_ bytes: ArraySlice<UInt8>) -> Bool {
        let decoded = decode(bytes)
        return !decoded.contains(0) && String(validating: decoded, as: UTF8.self) != nil
    }

    /// Encodes what a path segment cannot hold as it is, for `Location` and links.
    public static func encodeSegment(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if byte.isPathByte, byte != .slash {
                result.append(byte)
            } else {
                result.append(.percent)
                result.append(contentsOf: String(byte, radix: 16, uppercase: true).leftPaddedToTwo.utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension String {
    fileprivate var leftPaddedToTwo: String { utf8.count == 1 ? "0" + self : self }
}
