import Operators
import TensorCore
import Testing

struct VarianceTests {
    @Test func isTheMeanSquaredDistance() throws {
        let x = Tensor([2, 2], [1, 3, 2, 10])
        #expect(try variance(x).values == [12.5])
        #expect(try variance(x, axes: [1]).values == [1, 16])
        let moments = try moments(x, axes: [0], keepingDimensions: true)
        #expect(moments.mean.values == [1.5, 6.5])
        #expect(moments.variance.values == [0.25, 12.25])
    }

    @Test func survivesALargeMean() throws {
        #expect(try variance(Tensor([2], [10_000_000, 10_000_002])).values == [1])
    }
}
