import TensorCore
import TestSupport
import Testing

@testable import Formats

struct NPYTests {
    @Test func readsBackWhatItWrote() throws {
        for (name, tensor) in try samples().pairs {
            let back = try NPY.read(region(joined(NPY.pieces(tensor))))
            #expect(isSame(["x": back], ["x": tensor]), "\(name)")
        }
    }

    @Test func writesTheHeaderThatNumPyWrites() {
        let header = NPYHeader(spec: TensorSpec([3], .float32)).bytes
        #expect(header.count == 128)
        let text = String(decoding: header[10...], as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }  "))
        #expect(header.last == UInt8(ascii: "\n"))
    }

    @Test func takesEveryVersion() throws {
        for version: UInt8 in 1...3 {
            let file = npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }\n", version, [1, 0, 2, 0])
            let tensor = try NPY.read(region(file))
            #expect(tensor.shape == [2, 1] && tensor.scalars(Int16.self) == [1, 2])
        }
        #expect(throws: FormatError.self) {
            try NPY.read(region(npy("{'descr': '<i2', 'fortran_order': False, 'shape': (), }", 4, [1, 0])))
        }
    }

    @Test func bringsBigEndianNumbersIntoOrder() throws {
        let file = npy("{'descr': '>i4', 'fortran_order': False, 'shape': (2,)}", 1, [0, 0, 1, 2, 255, 255, 255, 255])
        #expect(try NPY.read(region(file)).scalars(Int32.self) == [258, -1])
    }

    @Test func bringsFortranOrderIntoRows() throws {
        let file = npy("{'shape': (2, 3), 'fortran_order': True, 'descr': '|u1'}", 1, [1, 4, 2, 5, 3, 6])
        #expect(try NPY.read(region(file)).scalars(UInt8.self) == [1, 2, 3, 4, 5, 6])
        let cube = npy("{'descr':'>u2','fortran_order':True,'shape':(2,1,2)}", 2, [0, 1, 0, 3, 0, 2, 0, 4])
        #expect(try NPY.read(region(cube)).scalars(UInt16.self) == [1, 2, 3, 4])
    }

    @Test(arguments: [
        "", "{", "{}", "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647,2147483647,2147483647)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}",
    ])
    func refusesHostileHeaders(header: String) {
        #expect(throws: FormatError.self) { try NPY.read(region(npy(header, 1, [0, 0, 128, 63]))) }
    }

    @Test func refusesBoolsThatAreNone() {
        let file = npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", 1, [1, 2])
        #expect(throws: FormatError.self) { try NPY.read(region(file)) }
    }

    @Test func refusesEveryPrefixAndSurvivesRandomBytes() {
        let file = joined(NPY.pieces(Tensor([2, 2], [1, 2, 3, 4])))
        Damage.forEachPrefix(of: file) { prefix in #expect(throws: FormatError.self) { try NPY.read(region(prefix)) } }
        Damage.forEachRandomChange(of: file, count: 3000) { _ = try? NPY.read(region($0)) }
    }

    private func npy(_ header: String, _ version: UInt8, _ elements: [UInt8]) -> [UInt8] {
        var file = NPYHeader.magic + [version, 0]
        if version == 1 {
            file.appendFixed(UInt16(header.utf8.count))
        } else {
            file.appendFixed(UInt32(header.utf8.count))
        }
        return file + Array(header.utf8) + elements
    }
}
