/// Where an offset lies in a JSON text: line, column and path.
///
/// Found by walking the text again from its start, once there is something to complain about, so that reading
/// itself keeps no record. Everything before the offset has been read already, so the walk need not check.
struct JSONLocation {
    private(set) var line = 1
    private(set) var column = 1
    private(set) var path = ""

    /// One container that is open at the offset.
    private enum Level {
        case object(key: Range<Int>?)
        case array(index: Int)
    }

    init(of offset: Int, in bytes: UnsafeRawBufferPointer) {
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        for level in JSONLocation.levels(at: offset, in: bytes) {
            switch level {
            case .array(let index): path += "[\(index)]"
            case .object(key: nil): break
            case .object(let key?): append(key: String(decoding: bytes[key], as: UTF8.self))
            }
        }
    }

    private mutating func append(key: String) {
        let isPlain =
            !key.isEmpty && key.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2E && $0 != 0x5B && $0 != 0x22 && $0 != 0x5C }
        if isPlain && key.utf8.count <= 80 {
            path += path.isEmpty ? key : "." + key
        } else {
            path += "[\(quoted(key))]"
        }
    }

    private static func levels(at offset: Int, in bytes: UnsafeRawBufferPointer) -> [Level] {
        var levels: [Level] = []
        var position = 0
        while position < offset {
            switch bytes[position] {
            case UInt8(ascii: "{"): levels.append(.object(key: nil))
            case UInt8(ascii: "["): levels.append(.array(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ","):
                switch levels.popLast() {
                case .array(let index): levels.append(.array(index: index + 1))
                case .object: levels.append(.object(key: nil))
                case nil: break
                }
            case UInt8(ascii: "\""):
                let start = position + 1
                position = endOfString(from: start, in: bytes)
                if case .object(key: nil) = levels.last, position < offset {
                    levels[levels.count - 1] = .object(key: start..<position)
                }
            default: break
            }
            position += 1
        }
        return levels
    }

    /// The place of the closing quote, or the end of the text.
    private static func endOfString(from start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, bytes.count)
    }
}
