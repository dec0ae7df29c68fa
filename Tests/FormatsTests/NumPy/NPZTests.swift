import TensorCore
import TestSupport
import Testing

@testable import Formats

struct NPZTests {
    @Test(arguments: [false, true])
    func readsBackWhatItWrote(deflated: Bool) throws {
        let tensors = try samples()
        let file = joined(try NPZ.pieces(tensors, deflated: deflated))
        #expect(isSame(try NPZ.read(region(file)), tensors))
    }

    @Test func readsWhatIsLaidOutWithoutElements() throws {
        let tensors = try samples()
        var layout = NPZLayout()
        var file: [UInt8] = []
        for (name, tensor) in tensors.pairs {
            var checksum = CRC32()
            tensor.withUnsafeBytes { checksum.update($0) }
            file += try layout.add(name, tensor.spec, elements: checksum)
            file += ByteRegion(tensor).array
            #expect(layout.byteCount == file.count)
        }
        file += layout.end()
        #expect(isSame(try NPZ.read(region(file)), tensors))
    }

    @Test(arguments: [false, true])
    func refusesEveryPrefixAndNoFlipGivesWrongNumbers(deflated: Bool) throws {
        let tensors: NamedTensors = ["a": Tensor([3], [1, 2, 3]), "b": Tensor([], [Int8(4)])]
        let file = joined(try NPZ.pieces(tensors, deflated: deflated))
        Damage.forEachPrefix(of: file) { prefix in #expect(throws: FormatError.self) { try NPZ.read(region(prefix)) } }
        Damage.forEachFlip(of: file) { place, spoiled in
            if let read = try? NPZ.read(region(spoiled)) {
                // Names are under no checksum in a zip file; the numbers are.
                let values = Set(read.pairs.map { $0.tensor.withUnsafeBytes { Array($0) } })
                #expect(
                    values.isSubset(of: tensors.pairs.map { $0.tensor.withUnsafeBytes { Array($0) } }), "byte \(place)")
            }
        }
        Damage.forEachRandomChange(of: file, count: 3000) { _ = try? NPZ.read(region($0)) }
    }

    @Test func limitsWhatABombMayUnpack() throws {
        let zeros = Tensor([1 << 20], [UInt8](repeating: 0, count: 1 << 20))
        let file = joined(try NPZ.pieces(["bomb": zeros], deflated: true))
        #expect(file.count < 3000)
        var limits = NPZ.Limits()
        limits.bytesMax = 1 << 19
        let error = #expect(throws: FormatError.self) { try NPZ.read(region(file), limits: limits) }
        guard case .limit = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func refusesMembersThatShareTheirBytes() throws {
        let file = joined(try NPZ.pieces(["a": Tensor(1), "b": Tensor(2)]))
        // Point the second entry of the directory at the first member, under its name.
        var spoiled = file
        let entries = places(of: [0x50, 0x4B, 0x01, 0x02], in: file)
        for (index, byte) in [UInt8](repeating: 0, count: 4).enumerated() { spoiled[entries[1] + 42 + index] = byte }
        spoiled[entries[1] + 46] = UInt8(ascii: "a")
        for index in 16..<28 { spoiled[entries[1] + index] = file[entries[0] + index] }
        let error = #expect(throws: FormatError.self) { try NPZ.read(region(spoiled)) }
        #expect(error?.place == "members")
    }

    @Test func refusesOtherFilesAndOddNames() throws {
        for name in ["a.txt", "../a.npy", "/a.npy", ".npy"] {
            var layout = ZipLayout()
            var checksum = CRC32()
            let contents = joined(NPY.pieces(Tensor(1)))
            contents.withUnsafeBytes { checksum.update($0) }
            let file =
                layout.add(name, checksum: checksum, byteCount: contents.count, storedByteCount: contents.count)
                + contents + layout.directoryAndEnd()
            #expect(throws: FormatError.self, "\(name)") { try NPZ.read(region(file)) }
        }
    }

    @Test func readsTheDataSetsOfNumPy() throws {
        // Written by numpy.savez_compressed: a = [[1.5, -2]] as '<f4', b = arange(3) as '>i8' in Fortran order.
        let file: [UInt8] = NPZTests.compressed
        let tensors = try NPZ.read(region(file))
        #expect(tensors.names == ["a", "b"])
        #expect(tensors["a"]?.values == [1.5, -2])
        #expect(tensors["b"]?.scalars(Int64.self) == [0, 1, 2])
    }

    private func places(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0...].starts(with: pattern) }
    }
}
