import Operators
import TensorCore
import Testing

struct ReduceExtremesTests {
    let x = Tensor([2, 3], [1, 5, 3, 4, 4, -2])

    @Test func findsTheGreatestAndTheLeast() throws {
        #expect(try max(x).values == [5])
        #expect(try max(x, axis: 1).values == [5, 4])
        #expect(try min(x, axis: 0, keepingDimension: true).values == [1, 4, -2])
        #expect(try max(Tensor([2], [UInt64.max, 3])).scalars(UInt64.self) == [.max])
        #expect(try min(Tensor([2], [Int8(-128), 3])).scalars(Int8.self) == [-128])
    }

    @Test func aNaNAnywhereIsTheResult() throws {
        for place in [0, 7, 16, 39] {
            var elements = [Float](repeating: 1, count: 40)
            elements[place] = .nan
            #expect(try max(Tensor([40], elements)).values[0].isNaN)
            #expect(try min(Tensor([20, 2], elements), axis: 0).values.contains(where: \.isNaN))
        }
    }

    @Test func ofNothingIsTheEndOfTheRange() throws {
        #expect(try max(Tensor([0], [Float]())).values == [-.infinity])
        #expect(try min(Tensor([0], [Int16]())).scalars(Int16.self) == [.max])
    }

    @Test func equalOnesShareTheGradient() throws {
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try max(x, axis: 1) }
        #expect(
            try tape.gradient(of: y, withRespectTo: x, outputGradient: Tensor([2], [1, 3]))?.values
                == [0, 1, 0, 1.5, 1.5, 0])
    }
}
