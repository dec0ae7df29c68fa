import Operators
import TensorCore
import Testing

struct RandomOperatorTests {
    let key = randomKey(seed: 11)

    @Test func aKeyGivesTheSameNumbersOnAnyNumberOfThreads() throws {
        let threads = ComputePool.shared.threads
        defer { ComputePool.shared.threads = threads }
        func numbers() throws -> [Tensor] {
            let shape: Shape = [1 << 20]
            return [
                try randomUniform(shape, key: key), try randomNormal(shape, key: key),
                try truncatedNormal(shape, key: key), try randomUniform(shape, dtype: .float64, key: key),
            ]
        }
        ComputePool.shared.threads = 1
        let alone = try numbers()
        ComputePool.shared.threads = 4
        for (one, other) in zip(alone, try numbers()) {
            #expect(one.withUnsafeBytes { x in other.withUnsafeBytes { y in x.elementsEqual(y) } })
        }
    }

    /// Bounds are five standard deviations of the estimate.
    @Test func uniformNumbersFillTheirInterval() throws {
        let x = try randomUniform([100_000], -1, 3, key: key)
        #expect(try min(x).values[0] >= -1 && max(x).values[0] < 3)
        #expect(abs(try mean(x).values[0] - 1) < 0.019)
        #expect(abs(try variance(x).values[0] - 4 / 3) < 0.02)
        #expect(try max(randomUniform([100_000], 1, 1 + 1e-7, key: key)).values[0] == 1)
    }

    @Test func normalNumbersHaveTheirMomentsAndTails() throws {
        let x = try randomNormal([100_000], mean: 2, deviation: 3, key: key)
        #expect(abs(try mean(x).values[0] - 2) < 0.05)
        #expect(abs(try variance(x).values[0] - 9) < 0.21)
        let z = try (x - 2) / 3
        #expect(abs(try mean(pow(z, 3)).values[0]) < 0.062)
        #expect(abs(try mean(pow(z, 4)).values[0] - 3) < 0.16)
        let beyond = try mean(cast(greater(abs(z), 3), to: .float32)).values[0]
        #expect(abs(beyond - 0.0027) < 0.0009)
        let wide = try randomNormal([50_000], dtype: .float64, key: key)
        #expect(abs(try variance(wide).scalars(Double.self)[0] - 1) < 0.032)
    }

    @Test func truncatedNumbersStayWithinTwoDeviations() throws {
        for dtype in [DType.float32, .float64] {
            let x = try cast(truncatedNormal([100_000], mean: 1, deviation: 2, dtype: dtype, key: key), to: .float32)
            #expect(try min(x).values[0] >= -3 && max(x).values[0] <= 5)
            #expect(abs(try mean(x).values[0] - 1) < 0.028)
            // The variance of a normal number cut off at two deviations is 0.7737.
            #expect(abs(try variance(x).values[0] - 4 * 0.7737) < 0.06)
        }
    }

    @Test func onesComeWithTheirProbability() throws {
        #expect(abs(try mean(bernoulli([100_000], probability: 0.3, key: key)).values[0] - 0.3) < 0.0073)
        #expect(try sum(bernoulli([100], probability: 0, key: key)).values == [0])
        #expect(try sum(bernoulli([100], probability: 1, dtype: .float64, key: key)).scalars(Double.self) == [100])
        #expect(throws: TensorError.self) { try bernoulli([1], probability: 1.5) }
    }

    @Test func wholeNumbersAreAllAlikeLikely() throws {
        let x = try randomIntegers([60_000], -2, 4, key: key)
        for number in -2..<4 {
            let share = try mean(cast(equal(x, Double(number)), to: .float32)).values[0]
            #expect(abs(share - 1 / 6) < 0.0077)
        }
        let narrow = try randomIntegers([1000], -2, 4, dtype: .int32, key: key)
        #expect(try equal(cast(narrow, to: .int64), x[.upTo(1000)]).scalars(Bool.self).allSatisfy { $0 })
        #expect(try randomIntegers([100], .min, .max, key: key).scalars(Int64.self).contains { $0 < 0 })
        #expect(throws: TensorError.self) { try randomIntegers([1], 3, 3) }
        #expect(throws: TensorError.self) { try randomIntegers([1], 0, 1 << 40, dtype: .int32) }
    }

    @Test func aPermutationNamesEverythingOnce() throws {
        let order = try randomPermutation(1000, key: key).scalars(Int64.self)
        #expect(order.sorted() == (0..<1000).map { Int64($0) })
        #expect(order != order.sorted())
        // Each of the six orders of three about as often: chi-square with five degrees of freedom, p = 0.001.
        var counts: [[Int64]: Int] = [:]
        for seed in 0..<6000 as Range<UInt64> {
            counts[try randomPermutation(3, key: randomKey(seed: seed)).scalars(Int64.self), default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 } < 20.5)
    }

    @Test func shufflesRows() throws {
        let x = Tensor([4, 2], [1, 1, 2, 2, 3, 3, 4, 4])
        let rows = try shuffled(x, key: key).values
        #expect(rows.sorted() == x.values)
        #expect((0..<4).allSatisfy { rows[2 * $0] == rows[2 * $0 + 1] })
    }

    @Test func refusesWhatIsNoKey() {
        #expect(throws: TensorError.unsupportedDType(operator: "RandomUniform", received: .float32)) {
            try randomUniform([1], key: Tensor([2], [1, 2]))
        }
        #expect(throws: TensorError.self) { try randomUniform([1], key: Tensor([3], [1, 2, 3] as [UInt64])) }
        #expect(throws: TensorError.unsupportedDType(operator: "RandomNormal", received: .float16)) {
            try randomNormal([1], dtype: .float16)
        }
        #expect(throws: TensorError.self) { try randomUniform([1], 2, 1) }
        #expect(throws: TensorError.self) { try randomUniform([nil]) }
    }
}
