import CKernels
import TensorCore
import Testing

@testable import Formats

struct ChecksumTests {
    @Test func knowsTheCheckValues() {
        // RFC 3720, appendix B.4, and the usual check value.
        let cases: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            ((0..<32).reversed(), 0x113F_DB5C), ([], 0),
        ]
        for (bytes, expected) in cases {
            #expect(bytes.withUnsafeBytes { CRC32C($0) }.value == expected)
        }
        #expect(CRC32C().masked == 2_726_488_792)
    }

    @Test func joinsTheChecksumsOfParts() {
        let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let whole = bytes.withUnsafeBytes { CRC32C($0) }
        var whole32 = CRC32()
        bytes.withUnsafeBytes { whole32.update($0) }
        for cut in [0, 1, 7, 8, 4096, 12_288, 12_289, 65_535, 69_999, 70_000] {
            var (first, second) = (CRC32(), CRC32())
            Array(bytes[..<cut]).withUnsafeBytes { first.update($0) }
            Array(bytes[cut...]).withUnsafeBytes { second.update($0) }
            #expect(first.followed(by: second, count: bytes.count - cut) == whole32)
            let left = Array(bytes[..<cut]).withUnsafeBytes { CRC32C($0) }
            let right = Array(bytes[cut...]).withUnsafeBytes { CRC32C($0) }
            #expect(left.followed(by: right, count: bytes.count - cut) == whole)
            var running = left
            running.update(bytes[cut...])
            #expect(running == whole)
        }
        #expect(CRC32C(masked: whole.masked) == whole)
    }
}

struct Base64Tests {
    @Test func encodesAndDecodesEveryLength() {
        for count in 0..<50 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 91 + 7) }
            var text: [UInt8] = []
            bytes.withUnsafeBytes { Base64.append($0, to: &text) }
            #expect(text.count == (count + 2) / 3 * 4)
            #expect(decoded(text) == bytes)
            #expect(decoded(Array(text.prefix { $0 != UInt8(ascii: "=") })) == bytes)
        }
    }

    @Test(arguments: ["A", "AAAAA", "A===", "AA=A", "A A=", "AAA-", "AB==", "AAB=", "AA=", "=", "====", "AAAA===="])
    func refusesWhatIsNone(text: String) {
        #expect(decoded(Array(text.utf8)) == nil)
    }

    private func decoded(_ text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBytes { text in
            var bytes = [UInt8](repeating: 0, count: Base64.decodedCount(text))
            let refused = bytes.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
            return refused == nil ? bytes : nil
        }
    }
}
