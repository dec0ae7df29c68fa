import TensorCore
import TestSupport
import Testing

@testable import Operators

struct DropoutTests {
    let ones = Tensor([100, 50], [Float](repeating: 1, count: 5000))

    @Test func leavesOutItsPartAndScalesTheRest() throws {
        let values = try dropout(ones, rate: 0.2, key: randomKey(seed: 7)).values
        #expect(Set(values) == [0, 1.25])
        #expect(abs(Double(values.filter { $0 == 0 }.count) / 5000 - 0.2) < 0.03)
        #expect(try dropout(ones, rate: 0.2, key: randomKey(seed: 7)).values == values)
        #expect(try dropout(ones, rate: 0.2, key: randomKey(seed: 8)).values != values)
        #expect(try dropout(ones, rate: 0).values == ones.values)
    }

    @Test func sharesTheFateOfANoiseShape() throws {
        let values = try dropout(ones, rate: 0.5, noiseShape: [nil, 1], key: randomKey(seed: 1)).values
        for row in 0..<100 { #expect(Set(values[row * 50..<(row + 1) * 50]).count == 1) }
    }

    @Test func theGradientPassesWhereElementsStayed() throws {
        let tape = GradientTape()
        tape.watch(ones)
        let y = try tape.record { try dropout(ones, rate: 0.4, key: randomKey(seed: 3)) }
        #expect(try tape.gradient(of: y, withRespectTo: ones)?.values == y.values)
    }

    @Test func relativesKeepMeanAndVariance() throws {
        func moments(_ x: Tensor) -> (Double, Double) {
            let values = x.values.map(Double.init)
            let mean = values.reduce(0, +) / Double(values.count)
            return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
        }
        let gaussian = moments(try gaussianDropout(ones, rate: 0.2, key: randomKey(seed: 1)))
        #expect(abs(gaussian.0 - 1) < 0.03 && abs(gaussian.1 - 0.25) < 0.03)
        let noise = moments(try gaussianNoise(ones, deviation: 0.5, key: randomKey(seed: 2)))
        #expect(abs(noise.0 - 1) < 0.03 && abs(noise.1 - 0.25) < 0.03)
        let normal = try randomNormal([100, 100], key: randomKey(seed: 3))
        let alpha = moments(try alphaDropout(normal, rate: 0.3, key: randomKey(seed: 4)))
        #expect(abs(alpha.0) < 0.05 && abs(alpha.1 - 1) < 0.06)
    }

    @Test func refusesWhatIsNoRateOrNoShape() {
        for rate in [-0.1, 1, 2, .nan] {
            #expect(throws: TensorError.self) { try dropout(ones, rate: rate) }
            #expect(throws: TensorError.self) { try alphaDropout(ones, rate: rate) }
        }
        #expect(throws: TensorError.self) { try dropout(ones, rate: 0.5, noiseShape: [3, nil]) }
        #expect(throws: TensorError.self) { try dropout(ones, rate: 0.5, noiseShape: [nil]) }
        #expect(throws: TensorError.self) { try dropout(ones, rate: 0.5, key: ones) }
    }

    @Test func anEmbeddingsGradientIsSlices() throws {
        let table = Tensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8])
        let indices = Tensor([3], [Int32(2), 0, 2])
        #expect(try embeddingLookup(table, indices).values == [5, 6, 1, 2, 5, 6])
        let tape = GradientTape()
        tape.watch(table)
        let y = try tape.record { try embeddingLookup(table, indices) }
        #expect(try tape.gradient(of: y, withRespectTo: table)?.values == [1, 1, 0, 0, 2, 2, 0, 0])
        for wrong in [-1, 4] {
            #expect(throws: TensorError.indexOutOfRange(operator: "Gather", index: wrong, limit: 4)) {
                try embeddingLookup(table, Tensor([1], [Int32(wrong)]))
            }
        }
    }
}
