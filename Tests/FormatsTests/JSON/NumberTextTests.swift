import CKernels
import TensorCore
import Testing

@testable import Formats

/// Numbers as text and back, in both twins of the kernels.
@Suite(.serialized)
struct NumberTextTests {
    @Test(arguments: 0...Int32(ck_level_max()))
    func readsBackEveryHalf(level: Int32) {
        atLevel(level) {
            for dtype in [DType.float16, .bfloat16] {
                var source = (0...UInt16.max).filter { isFinite($0, dtype) }
                let text = written(&source, dtype)
                #expect(Set(text.split(separator: UInt8(ascii: ","))).count == source.count)
                var back = [UInt16](repeating: 0, count: source.count)
                #expect(read(text, dtype, into: &back) == source.count)
                #expect(back == source)
            }
        }
    }

    /// The standard library prints the shortest digits, too; only where it puts the point and the exponent differs.
    @Test(arguments: 0...Int32(ck_level_max()))
    func agreesWithTheStandardLibrary(level: Int32) {
        atLevel(level) {
            let stream = RandomStream(key: 5)
            var floats: [Float] = [
                0, -0.0, 1, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 16_777_216, 1e16, 9.999e15, 1e-4,
                1e-5,
            ]
            var doubles: [Double] = [
                0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e22, 1e23, 9_007_199_254_740_994, 0.1,
                123_456_789.125, 1e16,
                2.5e-5,
            ]
            for index in 0..<UInt64(20_000) {
                let block = stream.block(index)
                floats.append(Float(bitPattern: block[0]))
                doubles.append(Double(bitPattern: UInt64(block[1]) << 32 | UInt64(block[2])))
                doubles.append(Double(Int32(bitPattern: block[3])) / 1000)
            }
            floats.removeAll { !$0.isFinite }
            doubles.removeAll { !$0.isFinite }
            let floatTexts = written(&floats, .float32).split(separator: UInt8(ascii: ","))
            for (value, text) in zip(floats, floatTexts) {
                let text = String(decoding: text, as: UTF8.self)
                #expect(Float(text)?.bitPattern == value.bitPattern)
                #expect(digits(text) == digits(value.description), "\(value) as \(text)")
            }
            let doubleTexts = written(&doubles, .float64).split(separator: UInt8(ascii: ","))
            for (value, text) in zip(doubles, doubleTexts) {
                let text = String(decoding: text, as: UTF8.self)
                #expect(Double(text)?.bitPattern == value.bitPattern)
                #expect(digits(text) == digits(value.description), "\(value) as \(text)")
            }
        }
    }

    @Test(arguments: 0...Int32(ck_level_max()))
    func roundsLikeTheStandardLibrary(level: Int32) {
        atLevel(level) {
            let stream = RandomStream(key: 6)
            var texts = [
                "0", "-0.0", "1e-400", "0e999999999999999999999", "1.7976931348623157e308", "4.9e-324",
                "2.4703282292062328e-324",
                "9007199254740993", "9007199254740992.99999999999999999999999", "1e23", "8.5e22",
                "123456789012345678901234567890",
                "0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
                "2.2250738585072011e-308",
                "6.631236846766476e-316", "3.5177e-320", "1" + String(repeating: "0", count: 300), "7205759403792793.5",
                "0." + String(repeating: "0", count: 400) + "1e400", "1" + String(repeating: "0", count: 400) + "e-400",
            ]
            for index in 0..<UInt64(20_000) {
                let block = stream.block(index)
                let digits = String(UInt64(block[0]) << 32 | UInt64(block[1])) + String(block[2])
                let point = Int(block[3] % 20) + 1
                let head = String(digits.prefix(point).drop { $0 == "0" })
                texts.append(
                    "\(head.isEmpty ? "0" : head).\(digits.dropFirst(point))0e\(Int(block[3] >> 8) % 660 - 340)")
            }
            for text in texts {
                var (double, float) = ([0.0], [Float(0)])
                let expected = Double(text) ?? .nan
                let found = read(Array(text.utf8), .float64, into: &double)
                #expect(expected.isInfinite ? found == 0 : double[0].bitPattern == expected.bitPattern, "\(text)")
                let expectedFloat = Float(text) ?? .nan
                let foundFloat = read(Array(text.utf8), .float32, into: &float)
                #expect(
                    expectedFloat.isInfinite ? foundFloat == 0 : float[0].bitPattern == expectedFloat.bitPattern,
                    "\(text)")
            }
        }
    }

    @Test(arguments: 0...Int32(ck_level_max()))
    func holdsToJSONsGrammarAtEveryDistanceFromTheEnd(level: Int32) {
        atLevel(level) {
            for (text, count) in [
                ("1,2,3", 3), ("1.5e3, -2E-2 ,7", 3), ("01", 0), ("1.", 0), ("1.e5", 0), ("-", 0), ("1e", 0),
                ("1e+", 0),
                ("12345678901234567890123456789,1", 2), ("0.12345678901234567,8", 2), ("1,,2", 1), ("1,", 1), (".5", 0),
            ] {
                // What stands behind the end must not be looked at.
                for padding in ["", " ", "]", "9", "99999999999999999999999999", ".5e7"] {
                    let bytes = Array((text + padding).utf8)
                    var values = [Double](repeating: 0, count: 8)
                    #expect(read(bytes, .float64, into: &values, end: text.utf8.count) == count, "\(text)")
                }
            }
        }
    }

    // MARK: - Helpers

    private func atLevel(_ level: Int32, _ body: () -> Void) {
        ck_set_level(level)
        body()
        ck_set_level(ck_level_max())
    }

    private func isFinite(_ bits: UInt16, _ dtype: DType) -> Bool {
        dtype == .float16 ? bits & 0x7C00 != 0x7C00 : bits & 0x7F80 != 0x7F80
    }

    private func written<Element>(_ values: inout [Element], _ dtype: DType) -> [UInt8] {
        let count = values.count
        return [UInt8](unsafeUninitializedCapacity: count * CK_NUMBER_TEXT_MAX) { text, length in
            values.withUnsafeBytes { source in
                length = ck_write_numbers(Int32(dtype.rawValue), source.baseAddress, count, text.baseAddress)
            }
        }
    }

    private func read<Element>(_ text: [UInt8], _ dtype: DType, into values: inout [Element], end: Int? = nil) -> Int {
        let capacity = values.count
        return text.withUnsafeBufferPointer { text in
            values.withUnsafeMutableBytes { values in
                guard let start = text.baseAddress else { return 0 }
                return ck_read_numbers(
                    Int32(dtype.rawValue), start, start + (end ?? text.count), values.baseAddress, capacity
                ).count
            }
        }
    }

    /// The significant digits of a number's text, without point, exponent, sign, and zeros at either end.
    private func digits(_ text: String) -> String {
        let mantissa = text.prefix { $0 != "e" && $0 != "E" }.filter { $0 != "." && $0 != "-" }
        let trimmed = mantissa.drop { $0 == "0" }.reversed().drop { $0 == "0" }
        return String(trimmed.reversed())
    }
}
