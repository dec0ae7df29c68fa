import TensorCore

/// Ways to spoil a file for its reader.
public enum Damage {
    /// Calls `body` with every proper prefix of `bytes`.
    public static func forEachPrefix(of bytes: [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) rethrows {
        for end in 0..<bytes.count { try body(bytes[..<end]) }
    }

    /// Calls `body` with `bytes` once for each byte and each of some changes of it: a low bit, a high bit, all bits.
    public static func forEachFlip(
        of bytes: [UInt8], _ body: (_ place: Int, _ spoiled: [UInt8]) throws -> Void
    ) rethrows {
        var spoiled = bytes
        for place in bytes.indices {
            for change: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                spoiled[place] = bytes[place] ^ change
                try body(place, spoiled)
            }
            spoiled[place] = bytes[place]
        }
    }

    /// Calls `body` with random bytes, and with `bytes` in which random places are changed, dropped or doubled.
    public static func forEachRandomChange(
        of bytes: [UInt8], count: Int, seed: UInt64 = 1, _ body: ([UInt8]) throws -> Void
    ) rethrows {
        let stream = RandomStream(key: seed)
        for round in 0..<count {
            var block = stream.block(UInt64(round))
            var spoiled = round % 4 == 0 ? bytes.map { _ in UInt8(0) } : bytes
            for change in 0..<UInt64(1 + round % 7) where !spoiled.isEmpty {
                let place = Int(block[0]) % spoiled.count
                switch block[1] % 4 {
                case 0: spoiled[place] = UInt8(truncatingIfNeeded: block[2])
                case 1: spoiled.remove(at: place)
                case 2: spoiled.insert(UInt8(truncatingIfNeeded: block[2]), at: place)
                default:
                    let end = min(spoiled.count, place + Int(block[2] % 64))
                    spoiled.append(contentsOf: spoiled[place..<end])
                }
                block = stream.block(UInt64(round) << 16 | change << 8 | 1)
            }
            try body(spoiled)
        }
    }
}
