import TensorCore
import TestSupport
import Testing

@testable import Operators

struct ReductionTests {
    let cube = Tensor([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])

    @Test func sumsOverAnyAxes() throws {
        #expect(try sum(cube).values == [78])
        #expect(try sum(cube, axis: 0).values == [8, 10, 12, 14, 16, 18])
        #expect(try sum(cube, axis: 1).values == [5, 7, 9, 17, 19, 21])
        #expect(try sum(cube, axis: -1).values == [6, 15, 24, 33])
        #expect(try sum(cube, axes: [0, 2]).values == [30, 48])
        #expect(try sum(cube, axes: [2, 0], keepingDimensions: true).shape == [1, 2, 1])
        #expect(try sum(cube, axes: []).values == cube.values)
    }

    @Test func aSumOverNothingIsZero() throws {
        #expect(try sum(Tensor([2, 0], [Float]()), axis: 1).values == [0, 0])
    }

    @Test func gradientMatchesFiniteDifferences() throws {
        for axes in [nil, [0], [1], [0, 2], [-1]] as [[Int]?] {
            #expect(try gradientError(at: sample([2, 3, 2])) { try sum($0 * $0, axes: axes) } < 1e-8)
        }
    }

    @Test func refusesAxesThatAreNotThere() {
        #expect(throws: TensorError.axisOutOfRange(operator: "Sum", axis: 3, shape: [2, 2, 3])) {
            try sum(cube, axis: 3)
        }
        #expect(throws: TensorError.invalidArgument(operator: "Sum", message: "axis -3 is given twice")) {
            try sum(cube, axes: [0, -3])
        }
    }

    @Test func everyReductionRefusesAxesThatAreNotThereAndWhatIsNoNumber() throws {
        let reductions: [@Sendable (Tensor, [Int]) throws -> Tensor] = [
            { try sum($0, axes: $1) }, { try mean($0, axes: $1) }, { try max($0, axes: $1) },
            { try min($0, axes: $1) }, { try product($0, axes: $1) }, { try logSumExp($0, axes: $1) },
            { try norm($0, axes: $1) }, { try norm($0, .one, axes: $1) }, { try norm($0, .infinity, axes: $1) },
            { try variance($0, axes: $1) }, { try moments($0, axes: $1).mean },
        ]
        for (index, reduction) in reductions.enumerated() {
            for axes in [[3], [-4], [0, 0]] {
                #expect(throws: TensorError.self, "reduction \(index) over \(axes)") { try reduction(cube, axes) }
            }
            #expect(throws: TensorError.self, "reduction \(index) of booleans") {
                try reduction(Tensor([1, 1, 1], [true]), [0])
            }
        }
    }
}
