import TensorCore
import TestSupport
import Testing

@testable import Operators

struct PoolingTests {
    let line = Tensor([1, 5, 1], [1, 4, 2, 4, 3])

    @Test func takesTheLargestOrTheMean() throws {
        #expect(try maxPooling(line, [2]).values == [4, 4])
        #expect(try averagePooling(line, [2]).values == [2.5, 3])
        #expect(try maxPooling(line, [3], strides: [1]).values == [4, 4, 4])
    }

    @Test func theMeanCountsOnlyWhatExists() throws {
        #expect(try averagePooling(line, [3], strides: [2], padding: .same).values == [2.5, 10.0 / 3, 3.5])
        #expect(try maxPooling(Tensor([1, 2, 1], [-3, -5]), [3], strides: [1], padding: .same).values == [-3, -3])
    }

    @Test func theGradientGoesToTheFirstLargest() throws {
        let tape = GradientTape()
        tape.watch(line)
        let y = try tape.record { try maxPooling(line, [4], strides: [1]) }
        #expect(try tape.gradient(of: y, withRespectTo: line)?.values == [0, 2, 0, 0, 0])
    }

    @Test func aNaNComesThrough() throws {
        #expect(try maxPooling(Tensor([1, 3, 1], [1, .nan, 2]), [3]).values[0].isNaN)
        #expect(try maxPooling(Tensor([1, 3, 1], [.nan, 1, 2]), [3]).values[0].isNaN)
    }

    @Test func formatsAgree() throws {
        for pool in [maxPooling, averagePooling] {
            let x = sample([2, 5, 4, 3])
            let last = try pool(x, [3, 2], [2, 1], .same, nil, .channelsLast)
            let first = try pool(transpose(x, [0, 3, 1, 2]), [3, 2], [2, 1], .same, nil, .channelsFirst)
            #expect(try transpose(first, [0, 2, 3, 1]).values == last.values)
        }
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        // All elements differ, so that no step changes which is the largest.
        let x = Tensor([2, 4, 3, 2], (0..<48).map { Float(($0 * 29) % 48) / 8 })
        for pool in [maxPooling, averagePooling] {
            #expect(try gradientError(at: x) { try pool($0, [2, 2], [1, 1], .same, nil, .channelsLast) } < 1e-8)
            #expect(try gradientError(at: x) { try pool($0, [2, 2], [2, 1], .valid, nil, .channelsFirst) } < 1e-8)
            #expect(
                try secondGradientError(at: [x]) {
                    let y = try pool($0[0], [3, 2], [2, 1], .same, nil, .channelsLast)
                    return try y * y
                } < 1e-6)
        }
        let volume = Tensor([1, 3, 3, 2, 1], (0..<18).map { Float(($0 * 7) % 18) })
        #expect(try gradientError(at: volume) { try maxPooling($0, [2, 2, 2], strides: [1, 1, 1]) } < 1e-8)
    }

    @Test func givesTheSameInAGraphOfUnknownBatchAndOnTwoThreads() throws {
        let x = sample([3, 6, 6, 2])
        #expect(try resultInGraph(of: [x]) { try maxPooling($0[0], [2, 2]) }.values == maxPooling(x, [2, 2]).values)
        let large = sample([16, 64, 64, 16])
        func all() throws -> [[Float]] {
            try [maxPooling, averagePooling].map { pool in
                let tape = GradientTape()
                tape.watch(large)
                let y = try tape.record { try pool(large, [3, 3], [2, 2], .same, nil, .channelsLast) }
                let gradient = try tape.gradient(of: y, withRespectTo: large)
                return try y.values + #require(gradient).values
            }
        }
        #expect(try onThreads(1) { try all() } == onThreads(2) { try all() })
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(throws: TensorError.self) { try maxPooling(line, [6]) }
        #expect(throws: TensorError.self) { try maxPooling(line, [0]) }
        #expect(throws: TensorError.self) { try maxPooling(line, [2, 2]) }
        #expect(throws: TensorError.self) { try averagePooling(Tensor([1, 2, 1], [Int32(1), 2]), [2]) }
    }
}
