import TensorCore
import Testing

struct RandomStreamTests {
    // Known answers of philox4x32-10 published with the reference implementation (Random123, kat_vectors).
    @Test func matchesThePublishedVectors() {
        #expect(
            RandomStream(key: 0).block(0) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            RandomStream(key: .max, stream: .max).block(.max)
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    }

    @Test func uniformNumbersLieInTheirIntervalAndSpreadOverIt() {
        let stream = RandomStream(key: 7)
        var sum: Float = 0
        for index in 0..<10_000 as Range<UInt64> {
            let numbers = stream.uniform(index)
            #expect(numbers.min() >= 0 && numbers.max() < 1)
            sum += numbers.sum()
        }
        // The mean of 40,000 has a standard deviation of 0.0014.
        #expect(abs(sum / 40_000 - 0.5) < 0.007)
    }
}
