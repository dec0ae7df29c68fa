/// IEEE 754 half precision, kept as its 16 bits: 1 sign, 5 exponent, 10 fraction.
///
/// Written in bits because Swift's `Float16` does not exist on every platform this builds for.
@frozen public struct Float16Bits: Hashable, Sendable {
    public var bits: UInt16

    @inlinable public init(bits: UInt16) { self.bits = bits }
    @inlinable public init() { bits = 0 }

    /// The nearest half, ties to even; beyond 65,519.99 it is infinite; a NaN stays a NaN.
    public init(_ value: Float) {
        let source = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: (source >> 16) & 0x8000)
        let magnitude = source & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 {
            // Keep the top of the payload, and quiet it so that it cannot become an infinity.
            bits = sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x3FF)
        } else if magnitude >= 0x477F_F000 {
            bits = sign | 0x7C00
        } else if magnitude < 0x3880_0000 {
            // Subnormal or zero: adding 0.5 lines the fraction up with the last bits of a Float, and the
            // addition rounds to nearest even by itself.
            let shifted = Float(bitPattern: magnitude) + 0.5
            bits = sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- Float(0.5).bitPattern)
        } else {
            let odd = (magnitude >> 13) & 1
            let rounded = magnitude &- 0x3800_0000 &+ 0xFFF &+ odd
            bits = sign | UInt16(truncatingIfNeeded: rounded >> 13)
        }
    }

    /// The nearest half of a Double, rounded once.
    public init(_ value: Double) { self.init(roundedToOdd(value)) }

    /// Exact.
    public var float: Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF)
        if magnitude >= 0x7C00 { return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13) }
        // Multiplying by 2^112 moves the exponent's bias from 15 to 127, subnormals included.
        let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: 0x7780_0000)
        return Float(bitPattern: sign | scaled.bitPattern)
    }
}

/// The upper half of a Float: 1 sign, 8 exponent, 7 fraction.
@frozen public struct BFloat16Bits: Hashable, Sendable {
    public var bits: UInt16

    @inlinable public init(bits: UInt16) { self.bits = bits }
    @inlinable public init() { bits = 0 }

    /// The nearest one, ties to even; a NaN stays a NaN.
    public init(_ value: Float) {
        let source = value.bitPattern
        if source & 0x7FFF_FFFF > 0x7F80_0000 {
            bits = UInt16(truncatingIfNeeded: source >> 16) | 0x40
        } else {
            bits = UInt16(truncatingIfNeeded: (source &+ 0x7FFF &+ ((source >> 16) & 1)) >> 16)
        }
    }

    /// The nearest one to a Double, rounded once.
    public init(_ value: Double) { self.init(roundedToOdd(value)) }

    /// Exact.
    public var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

/// A Float that rounds on to 16 bits just as `value` itself would: inexact results get an odd last bit, so
/// that the second rounding never meets a false tie (Boldo and Melquiond, 2008).
private func roundedToOdd(_ value: Double) -> Float {
    let nearest = Float(value)
    guard nearest.isFinite, Double(nearest) != value, nearest.bitPattern & 1 == 0 else {
        if nearest.isInfinite && value.isFinite {
            return value < 0 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude
        }
        return nearest
    }
    let towardZero = Double(nearest.magnitude) > value.magnitude
    return Float(bitPattern: towardZero ? nearest.bitPattern - 1 : nearest.bitPattern + 1)
}
