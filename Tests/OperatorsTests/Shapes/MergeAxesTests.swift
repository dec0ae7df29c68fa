import TensorCore
import TestSupport
import Testing

@testable import Operators

struct MergeAxesTests {
    @Test func mergesAndSplits() throws {
        let x = sample([2, 3, 4])
        #expect(try mergeAxes(x).shape == [6, 4])
        #expect(try mergeAxes(x, from: 1).shape == [2, 12])
        #expect(try splitAxis(mergeAxes(x), 0, as: 0..<2, of: x).shape == x.shape)
        #expect(try splitAxis(x, -1, into: [2, 2]).shape == [2, 3, 2, 2])
        #expect(try splitAxis(x, -1, into: [2, 2]).values == x.values)
    }

    @Test func keepsTheNameOfAnExtentBesideOnes() throws {
        let graph = Graph()
        let x = try graph.placeholder(TensorSpec([nil, 1, 4]))
        #expect(try mergeAxes(x).shape[0] == x.shape[0])
        let y = try graph.placeholder(TensorSpec([nil, nil, 4]))
        #expect(try mergeAxes(y).shape == [nil, 4])
        #expect(try splitAxis(mergeAxes(y), 0, as: 0..<2, of: y).shape == y.shape)
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        let x = sample([2, 3, 4])
        let error = try gradientError(at: [x]) {
            try splitAxis(square(mergeAxes($0[0])), 0, as: 0..<2, of: $0[0])
                * splitAxis(mergeAxes($0[0], from: 1), 1, into: [3, 4])
        }
        #expect(error < 1e-7)
    }

    @Test func refusesWhatDoesNotFit() {
        let x = sample([2, 3, 4])
        #expect(
            throws: TensorError.rankMismatch(operator: "MergeAxes", expected: "2 axes from 2 on", received: x.shape)
        ) { try mergeAxes(x, from: 2, count: 2) }
        #expect(throws: TensorError.self) { try splitAxis(x, 2, into: [3, 2]) }
        #expect(throws: TensorError.self) { try splitAxis(x, 0, as: 0..<2, of: x) }
        #expect(throws: TensorError.self) { try splitAxis(x, 5, into: [4]) }
    }
}
