import Testing

@testable import TensorCore

struct HalfPrecisionTests {
    @Test func everyHalfSurvivesTheWayToFloatAndBack() {
        for bits in UInt16.min...UInt16.max {
            let half = Float16Bits(bits: bits)
            let back = Float16Bits(half.float)
            if half.float.isNaN { #expect(back.float.isNaN) } else { #expect(back == half) }
            let brain = BFloat16Bits(bits: bits)
            let brainBack = BFloat16Bits(brain.float)
            if brain.float.isNaN { #expect(brainBack.float.isNaN) } else { #expect(brainBack == brain) }
        }
    }

    @Test func roundsTiesToEven() {
        // Halves near 1 are 2⁻¹⁰ apart.
        #expect(Float16Bits(1 + 0x1p-11 as Float).float == 1)
        #expect(Float16Bits(1 + 0x3p-11 as Float).float == 1 + 0x1p-9)
        #expect(Float16Bits(65_519.99 as Float).float == 65_504)
        #expect(Float16Bits(65_520 as Float).float == .infinity)
        #expect(Float16Bits(0x1p-25 as Float).float == 0)
        #expect(Float16Bits(0x1.8p-25 as Float).float == 0x1p-24)
        #expect(BFloat16Bits(1 + 0x1p-8 as Float).float == 1)
        #expect(BFloat16Bits(1 + 0x3p-8 as Float).float == 1 + 0x1p-6)
    }

    @Test func roundsADoubleOnlyOnce() {
        // Just above a tie: rounded to a Float first it would sit on the tie and fall to even.
        let value = 1 + 0x1p-11 + 0x1p-40
        #expect(Float16Bits(value).float == 1 + 0x1p-10)
        #expect(Float16Bits(Float(value)).float == 1)
        #expect(BFloat16Bits(1 + 0x1p-8 + 0x1p-40).float == 1 + 0x1p-7)
        #expect(Float16Bits(1e300).float == .infinity)
        #expect(Float16Bits(-1e300).float == -.infinity)
    }
}
