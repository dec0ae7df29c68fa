import Testing

@testable import Formats

struct OrderedCodeTests {
    @Test func writesNumbersAsTheSpecificationSays() {
        for (value, bytes) in [
            (0, [0x80]), (63, [0xBF]), (-64, [0x40]), (100, [0xC0, 0x64]), (5000, [0xD3, 0x88]), (-65, [0x3F, 0xBF]),
            (-1, [0x7F]),
        ] as [(Int, [UInt8])] {
            var key: [UInt8] = []
            OrderedCode.append(signed: value, to: &key)
            #expect(key == bytes, "\(value)")
        }
    }

    @Test func keepsTheOrderOfNumbers() {
        let numbers = [
            Int.min, -1 << 50, -8193, -8192, -65, -64, -1, 0, 1, 63, 64, 8191, 8192, 1 << 20, 1 << 34, 1 << 55, Int.max,
        ]
        let keys = numbers.map { number in
            var key: [UInt8] = []
            OrderedCode.append(signed: number, to: &key)
            return key
        }
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
    }

    @Test func escapesNames() {
        var key: [UInt8] = []
        OrderedCode.append([0x61, 0x00, 0xFF, 0x62], to: &key)
        #expect(key == [0x61, 0x00, 0xFF, 0xFF, 0x00, 0x62, 0x00, 0x01])
    }

    @Test func writesTheKeyOfTheSpecification() {
        let slice = BundleSlice(starts: [0, 100], lengths: [3, 100])
        let expected: [UInt8] = [
            0x00, 0x63, 0x6F, 0x6C, 0x73, 0x00, 0x01, 0x01, 0x02, 0x80, 0x83, 0xC0, 0x64, 0xC0, 0x64,
        ]
        #expect(OrderedCode.sliceKey(name: "cols", slice: slice) == expected)
    }
}
