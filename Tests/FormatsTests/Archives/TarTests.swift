import TensorCore
import TestSupport
import Testing

@testable import Formats

struct TarTests {
    @Test func readsBackWhatItWrote() throws {
        let long = String(repeating: "long-name-", count: 20)
        let members = [("a.txt", [UInt8](1...200)), (long, []), ("b", Array(repeating: 7, count: 1024))]
        var file: [UInt8] = []
        for (name, contents) in members {
            file += TarWriter.header(name: name, byteCount: contents.count, time: 1_700_000_000)
            file += contents + TarWriter.padding(after: contents.count)
        }
        let read = try TarReader(region(file + TarWriter.end)).members
        #expect(read.map(\.name) == members.map(\.0))
        #expect(read.map(\.contents.array) == members.map(\.1))
    }

    @Test(arguments: ["ustar", "pax", "gnu"])
    func readsTheFormsOfOthers(form: String) throws {
        let (index, data) = try netAdam()
        let folder = "some/folder/with/a/rather/long/name/so/that/the/name/of/the/file/needs/more/than/a/hundred/bytes/"
        var file: [UInt8] = []
        for (name, contents) in [("model.ckpt-25.index", index), ("model.ckpt-25.data-00000-of-00001", data)] {
            let path = folder + name
            switch form {
            case "pax": file += TarWriter.header(name: path, byteCount: contents.count, time: 0)
            case "gnu":
                file += header(name: "././@LongLink", byteCount: path.utf8.count + 1, type: "L")
                file += Array(path.utf8) + [0] + TarWriter.padding(after: path.utf8.count + 1)
                file += header(name: String(path.prefix(100)), byteCount: contents.count, type: "0")
            default:
                file += header(name: name, prefix: String(folder.dropLast()), byteCount: contents.count, type: "\0")
            }
            file += contents + TarWriter.padding(after: contents.count)
        }
        let reader = try BundleArchive.reader(region(file + TarWriter.end))
        #expect(try reader.tensor("global_step").scalars(Int64.self) == [25])
    }

    @Test func refusesArchivesWithoutExactlyOneCheckpoint() throws {
        let (index, data) = try netAdam()
        let whole = [("a.index", index), ("a.data-00000-of-00001", data)]
        #expect(throws: Never.self) { try BundleArchive.reader(region(tar(whole + [("checkpoint", [1, 2, 3])]))) }
        for members in [
            [], [whole[0]], [whole[1]], whole + [("b.index", index)], whole + [whole[0]],
            [whole[0], ("b.data-00000-of-00001", data)], [whole[0], ("a.data-00000-of-00001", Array(data.dropLast()))],
        ] {
            #expect(throws: FormatError.self) { try BundleArchive.reader(region(tar(members))) }
        }
        let link = header(name: "a.index", byteCount: 0, type: "2")
        #expect(throws: FormatError.self) { try BundleArchive.reader(region(link + TarWriter.end)) }
    }

    @Test func noPrefixAndNoFlipGivesWrongNumbers() throws {
        let plan = try BundlePlan([BundleItem("x", Tensor([2], [1, 2])), BundleItem("y", Tensor(3))])
        let (index, data) = files(of: plan)
        let file = tar([("a.index", index), ("a.data-00000-of-00001", data)])
        // The last byte that matters is the data's; then come padding and the end marks.
        let dataEnd = 512 + index.count + TarWriter.padding(after: index.count).count + 512 + data.count
        for end in 0..<dataEnd {
            #expect(throws: FormatError.self) { try BundleArchive.reader(region(file[..<end])) }
        }
        Damage.forEachFlip(of: file) { place, spoiled in
            guard let reader = try? BundleArchive.reader(region(spoiled)) else { return }
            if let x = try? reader.tensor("x") { #expect(x.values == [1, 2], "byte \(place)") }
            if let y = try? reader.tensor("y") { #expect(y.values == [3], "byte \(place)") }
        }
    }

    private func netAdam() throws -> (index: [UInt8], data: [UInt8]) {
        let golden = try #require(try GoldenBundle.all().first { $0.folder == "net_adam" })
        return (try golden.index(), try golden.shards(1)[0])
    }

    private func tar(_ members: [(String, [UInt8])]) -> [UInt8] {
        members.flatMap { name, contents in
            TarWriter.header(name: name, byteCount: contents.count, time: 0) + contents
                + TarWriter.padding(after: contents.count)
        } + TarWriter.end
    }

    /// A header as other programs write it.
    private func header(name: String, prefix: String = "", byteCount: Int, type: Unicode.Scalar) -> [UInt8] {
        var block = TarWriter.header(name: "x", byteCount: byteCount, time: 0)
        block[0] = 0
        for (index, byte) in name.utf8.enumerated() { block[index] = byte }
        for (index, byte) in prefix.utf8.enumerated() { block[345 + index] = byte }
        block[156] = UInt8(type.value)
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(block[$1])) }
        let digits = String(sum, radix: 8)
        for (index, byte) in (String(repeating: "0", count: 6 - digits.count) + digits).utf8.enumerated() {
            block[148 + index] = byte
        }
        return block
    }
}
