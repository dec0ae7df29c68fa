import TensorCore
import TestSupport
import Testing

@testable import Formats

/// No damaged byte of a checkpoint gives wrong numbers.
struct BundleDamageTests {
    private static let plan = try? BundlePlan([
        BundleItem("flag", Tensor([2], [true, false])),
        BundleItem("kernel", Tensor([2, 2], [1, 2, 3, 4])),
        BundleItem(
            "parts",
            .parts(
                shape: [2, 2],
                [
                    (BundleSlice(starts: [0, 0], lengths: [1, 2]), Tensor([1, 2], [5, 6])),
                    (BundleSlice(starts: [1, 0], lengths: [1, 2]), Tensor([1, 2], [7, 8])),
                ])),
        BundleItem("text", .strings(shape: [2], [Array("ab".utf8), Array("c".utf8)])),
    ])

    @Test func refusesEveryFlippedByteOfTheIndex() throws {
        let (index, data) = files(of: try #require(BundleDamageTests.plan))
        Damage.forEachFlip(of: index) { place, spoiled in
            #expect(throws: FormatError.self, "byte \(place)") {
                try BundleReader(index: region(spoiled), shards: [region(data)])
            }
        }
        Damage.forEachPrefix(of: index) { prefix in
            #expect(throws: FormatError.self) { try BundleReader(index: region(prefix), shards: [region(data)]) }
        }
    }

    @Test func refusesEveryFlippedByteOfTheData() throws {
        let (index, data) = files(of: try #require(BundleDamageTests.plan))
        Damage.forEachFlip(of: data) { place, spoiled in
            #expect(throws: FormatError.self, "byte \(place)") { try everything(index, spoiled) }
        }
        Damage.forEachPrefix(of: data) { prefix in
            #expect(throws: FormatError.self) { try everything(index, Array(prefix)) }
        }
        #expect(throws: FormatError.self) { try everything(index, data + [0]) }
    }

    @Test(arguments: ["net_momentum", "partitioned", "all_dtypes"])
    func refusesEveryFlippedByteOfAGoldenIndex(folder: String) throws {
        let golden = try #require(try GoldenBundle.all().first { $0.folder == folder })
        let index = try golden.index()
        Damage.forEachFlip(of: index) { place, spoiled in
            #expect(throws: FormatError.self, "byte \(place)") {
                try spoiled.withUnsafeBytes { try BundleIndex(parsing: $0) }
            }
        }
    }

    @Test func survivesRandomChangesWhoseChecksumsHold() throws {
        let golden = try #require(try GoldenBundle.all().first { $0.folder == "partitioned" })
        let index = try golden.index()
        // The data block's contents, changed and put back under a right checksum: only then is the rest of the reader reached.
        let size = 480
        Damage.forEachRandomChange(of: Array(index[..<size]), count: 20_000) { block in
            var table: [UInt8] = block + [0]
            table.appendFixed(table.withUnsafeBytes { CRC32C($0) }.masked)
            let spoiled = table + rebuiltTail(after: block.count)
            _ = try? spoiled.withUnsafeBytes { try BundleIndex(parsing: $0) }
        }
    }

    @Test func readsBlocksThatSnappyCompressed() throws {
        let (index, data) = files(of: try #require(BundleDamageTests.plan))
        let original = try BundleReader(index: region(index), shards: [region(data)])
        let size = try #require(index.withUnsafeBytes { firstBlockSize(of: $0) })
        let block = Array(index[..<size])
        // All literals, then with copies of both short forms that repeat what was just written.
        for compressed in [literals(block), withCopies(block)] {
            var table = compressed + [1]
            table.appendFixed(table.withUnsafeBytes { CRC32C($0) }.masked)
            let file = table + rebuiltTail(after: compressed.count)
            let reader = try BundleReader(index: region(file), shards: [region(data)])
            #expect(reader.index.entries == original.index.entries)
            Damage.forEachPrefix(of: compressed) { prefix in
                #expect(throws: FormatError.self) {
                    try Array(prefix).withUnsafeBytes { try Snappy.decompress($0, "test") }
                }
            }
            Damage.forEachRandomChange(of: compressed, count: 2000) { bytes in
                _ = try? bytes.withUnsafeBytes { try Snappy.decompress($0, "test") }
            }
        }
    }

    // MARK: - Helpers

    private func everything(_ index: [UInt8], _ data: [UInt8]) throws {
        let reader = try BundleReader(index: region(index), shards: [region(data)])
        _ = try reader.items()
        for name in ["flag", "kernel", "parts"] { _ = try reader.tensor(name) }
        _ = try reader.strings("text")
    }

    /// The meta-index block, an index block for one data block of this size, and the footer.
    private func rebuiltTail(after size: Int) -> [UInt8] {
        var handle: [UInt8] = []
        handle.appendVarint(0)
        handle.appendVarint(UInt64(size))
        func block(_ contents: [UInt8]) -> [UInt8] {
            var block = contents + [0]
            block.appendFixed(block.withUnsafeBytes { CRC32C($0) }.masked)
            return block
        }
        let meta = block([0, 0, 0, 0, 1, 0, 0, 0])
        let entry: [UInt8] = [0, 1, UInt8(handle.count), 0xFF] + handle
        let index = block(entry + [0, 0, 0, 0, 1, 0, 0, 0])
        var footer: [UInt8] = []
        footer.appendVarint(UInt64(size + 5))
        footer.appendVarint(8)
        footer.appendVarint(UInt64(size + 5 + meta.count))
        footer.appendVarint(UInt64(index.count - 5))
        footer += Array(repeating: 0, count: 40 - footer.count)
        footer.appendFixed(TableReader.magic)
        return meta + index + footer
    }

    /// The size of the first data block: the meta-index block follows its trailer.
    private func firstBlockSize(of index: UnsafeRawBufferPointer) -> Int? {
        var footer = ByteReader(index, from: index.count - 48, .bundle, "footer")
        return (try? footer.size()).map { $0 - 5 }
    }

    private func literals(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.appendVarint(UInt64(bytes.count))
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(rest.count > 60 ? min(rest.count, 256) : rest.count)
            output += part.count > 60 ? [60 << 2, UInt8(part.count - 1)] : [UInt8(part.count - 1) << 2]
            output += part
            rest = rest.dropFirst(part.count)
        }
        return output
    }

    private func withCopies(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.appendVarint(UInt64(bytes.count))
        var position = 0
        while position < bytes.count {
            var copied = false
            for distance in 1..<max(1, min(position, 2047)) where position + 4 <= bytes.count {
                var length = 0
                while length < 11, position + length < bytes.count,
                    bytes[position + length - distance] == bytes[position + length] || length >= distance
                {
                    guard bytes[position + length - distance] == bytes[position + length] else { break }
                    length += 1
                }
                guard length >= 4 else { continue }
                if distance % 2 == 0 {
                    output += [UInt8(length - 4) << 2 | 1 | UInt8(distance >> 8) << 5, UInt8(distance & 255)]
                } else {
                    output += [UInt8(length - 1) << 2 | 2, UInt8(distance & 255), UInt8(distance >> 8)]
                }
                position += length
                copied = true
                break
            }
            if !copied {
                output += [0, bytes[position]]
                position += 1
            }
        }
        return output
    }
}
