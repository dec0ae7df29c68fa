import Operators
import TensorCore
import Testing

struct CastTests {
    @Test func truncatesAndSaturatesToWholeNumbers() throws {
        let x = Tensor([7], [1.9, -1.9, 300, -300, .nan, .infinity, -.infinity])
        #expect(try cast(x, to: .int8).scalars(Int8.self) == [1, -1, 127, -128, 0, 127, -128])
        #expect(try cast(x, to: .uint8).scalars(UInt8.self) == [1, 0, 255, 0, 0, 255, 0])
        #expect(
            try cast(x, to: .int64).scalars(Int64.self) == [1, -1, 300, -300, 0, .max, .min])
        #expect(try cast(Tensor([2], [0x1p31, -0x1p31] as [Double]), to: .int32).scalars(Int32.self) == [.max, .min])
    }

    @Test func keepsTheLowBitsOfWholeNumbers() throws {
        let x = Tensor([3], [Int32(300), -1, 128])
        #expect(try cast(x, to: .uint8).scalars(UInt8.self) == [44, 255, 128])
        #expect(try cast(x, to: .int8).scalars(Int8.self) == [44, -1, -128])
        #expect(try cast(Tensor([1], [UInt64.max]), to: .int64).scalars(Int64.self) == [-1])
    }

    @Test func everythingButZeroIsTrue() throws {
        let x = Tensor([4], [0, -0.0, 0.1, .nan])
        #expect(try cast(x, to: .bool).scalars(Bool.self) == [false, false, true, true])
        #expect(try cast(Tensor([2], [true, false]), to: .float64).scalars(Double.self) == [1, 0])
    }

    /// The two kinds of half precision agree with those of TensorCore, from every kind of number.
    @Test func roundsHalvesToTheNearestEven() throws {
        let numbers: [Double] = [
            1 + 0x1p-11, 1 + 0x3p-11, 1 + 0x1p-11 + 0x1p-40, 65_519.99, 65_520, 0x1p-25, 0x1.8p-25, 1e300, -1e300, .nan,
            -0.0, 1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1p-8 + 0x1p-40, 0x1p-24, 6e-8, 3.14,
        ]
        let x = Tensor([numbers.count], numbers)
        let halves = try cast(x, to: .float16).scalars(Float16Bits.self)
        let brains = try cast(x, to: .bfloat16).scalars(BFloat16Bits.self)
        let narrow = try cast(cast(x, to: .float32), to: .float16).scalars(Float16Bits.self)
        for (index, number) in numbers.enumerated() {
            if number.isNaN {
                #expect(halves[index].float.isNaN && brains[index].float.isNaN && narrow[index].float.isNaN)
                continue
            }
            #expect(halves[index] == Float16Bits(number), "\(number)")
            #expect(brains[index] == BFloat16Bits(number), "\(number)")
            #expect(narrow[index] == Float16Bits(Float(number)), "\(number)")
        }
    }

    @Test func everyHalfIsTheSameFloatAndComesBack() throws {
        let halves = (0..<65_536).map { Float16Bits(bits: UInt16($0)) }
        let brains = (0..<65_536).map { BFloat16Bits(bits: UInt16($0)) }
        let wide = try cast(Tensor([65_536], halves), to: .float32)
        let wideBrains = try cast(Tensor([65_536], brains), to: .float32)
        let back = try cast(wide, to: .float16).scalars(Float16Bits.self)
        for (index, half) in halves.enumerated() {
            if half.float.isNaN { #expect(wide.values[index].isNaN) } else { #expect(back[index] == half) }
            if index % 4096 == 0 { #expect(wideBrains.values[index].bitPattern == brains[index].float.bitPattern) }
            if index > 2000 && index < 62_000 && index % 997 != 0 { continue }
            if !half.float.isNaN { #expect(wide.values[index] == half.float) }
        }
    }

    @Test func wholeNumbersBeyondADoubleAreRoundedOnce() throws {
        // One above the middle of two bfloat16: through a double it would be the middle itself, and go to even.
        let x = Tensor([1], [Int64(0x1p62) + Int64(0x1p54) + 1])
        #expect(try cast(x, to: .bfloat16).scalars(BFloat16Bits.self)[0].float == 0x1.02p62)
    }

    @Test func theGradientFlowsBetweenFloats() throws {
        let x = Tensor([2], [1.5, 2.5])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try cast(cast(x, to: .float64) * 2, to: .float32) }
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [2, 2])
        let stepped = GradientTape()
        stepped.watch(x)
        let z = try stepped.record { try cast(cast(x, to: .int32), to: .float32) }
        #expect(try stepped.gradient(of: z, withRespectTo: x) == nil)
    }

    @Test func toTheSameDTypeIsNoOperation() throws {
        let x = Tensor(1)
        #expect(try cast(x, to: .float32).id == x.id)
    }
}
