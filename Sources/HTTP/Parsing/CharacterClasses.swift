// The character classes of RFC 9110 §5.6 and RFC 3986 §2, as bit masks over ASCII: no table to load.

extension UInt8 {
    static let horizontalTab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let percent: UInt8 = 0x25
    static let comma: UInt8 = 0x2C
    static let period: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let questionMark: UInt8 = 0x3F

    /// `tchar`: what names of fields and methods are made of (RFC 9110 §5.6.2).
    var isTokenByte: Bool { Self.tokens.contains(self) }

    /// HTAB, SP, VCHAR and obs-text: what a field's value may hold (RFC 9110 §5.5).
    var isFieldValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == .horizontalTab
    }

    /// `pchar` and `/`, without the percent sign (RFC 3986 §3.3).
    var isPathByte: Bool { Self.path.contains(self) }

    /// `pchar`, `/` and `?` (RFC 3986 §3.4), and the brackets, braces and bars that browsers and curl
    /// send as they are; none of them can end a target.
    var isQueryByte: Bool { Self.query.contains(self) }

    /// `unreserved` and `sub-delims`: what a registered name is made of (RFC 3986 §3.2.2).
    var isHostByte: Bool { Self.host.contains(self) }

    var isDigit: Bool { self &- 0x30 < 10 }

    var isOptionalWhitespace: Bool { self == .space || self == .horizontalTab }

    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    var lowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    // Written as words so that the compiler lays them out as constants; a test spells them out.
    private static let tokens = ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    private static let host = ByteSet(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    private static let path = ByteSet(low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
    private static let query = ByteSet(low: 0xAFFF_FFD2_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF)
}

/// A set of ASCII bytes in two words.
private struct ByteSet {
    let low: UInt64
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : high
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 == 1
    }
}

extension Collection<UInt8> where SubSequence: Collection<UInt8>, SubSequence == SubSequence.SubSequence {
    /// Without the spaces and tabs at both ends (RFC 9110 §5.6.3).
    var trimmingOptionalWhitespace: SubSequence {
        var slice = self[...]
        while let first = slice.first, first.isOptionalWhitespace {
            slice = slice.dropFirst()
        }
        while slice.count > 0, let last = slice.suffix(1).first, last.isOptionalWhitespace {
            slice = slice.dropLast()
        }
        return slice
    }
}

extension Sequence<UInt8> {
    /// Equal but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: some Sequence<UInt8>) -> Bool {
        elementsEqual(other) { $0.lowercased == $1.lowercased }
    }
}

extension ArraySlice<UInt8> {
    /// Equal but for the case of ASCII letters; for other floors, which could only run the general one unspecialized.
    package func equals(ignoringCaseOf text: StaticString) -> Bool {
        text.withUTF8Buffer { equalsIgnoringCase($0) }
    }

    /// The elements of a comma-separated list, trimmed, without making an array of them.
    func forEachListElement(_ body: (ArraySlice<UInt8>) -> Void) {
        var rest = self
        while let comma = rest.firstIndex(of: .comma) {
            body(rest[..<comma].trimmingOptionalWhitespace)
            rest = rest[(comma + 1)...]
        }
        body(rest.trimmingOptionalWhitespace)
    }
}
