import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

@testable import Layers

struct DenseTests {
    @Test func multipliesAddsAndActivates() throws {
        let dense = Dense(2, activation: .relu, kernelInitializer: .constant(1), biasInitializer: .constant(-2.5))
        #expect(try dense(Tensor([2, 2], [1, 1, 1, 2])).values == [0, 0, 0.5, 0.5])
    }

    @Test func keepsLeadingAxes() throws {
        #expect(try Dense(3)(sample([2, 4, 5])).shape == [2, 4, 3])
    }

    @Test func anEmptyBatchGivesAnEmptyBatch() throws {
        #expect(try Dense(3)(Tensor([0, 5], [Float]())).shape == [0, 3])
    }

    @Test func theKernelStartsAsGlorotAndBengioSay() throws {
        let dense = Dense(200)
        _ = try dense(sample([1, 100]))
        let kernel = try dense.variables[0].value.values
        let limit = Float((6.0 / 300).squareRoot())
        #expect(kernel.allSatisfy { abs($0) <= limit })
        let variance = kernel.reduce(0) { $0 + $1 * $1 } / Float(kernel.count)
        // A uniform distribution's variance is a third of its limit squared; 20,000 numbers come within 2 %.
        #expect(abs(variance / (limit * limit / 3) - 1) < 0.02)
        #expect(try dense.variables[1].value.values == Array(repeating: 0, count: 200))
    }

    @Test func n58_takesItsDTypeFromTheFirstInput() throws {
        let dense = Dense(2)
        #expect(dense.dtype == nil)
        _ = try dense(widened(sample([1, 3])))
        #expect(dense.dtype == .float64)
        #expect(dense.variables[0].dtype == .float64)
    }

    @Test func n116_computesItsOutputShapeWithUnknownExtents() throws {
        #expect(try Dense(7).computeOutputShape([nil, nil, 3]) == [nil, nil, 7])
        #expect(
            performing: { try Dense(7).computeOutputShape([2, nil]) },
            throws: key(.value, "last dimension of the input"))
    }

    @Test func n57_refusesARankBelowTwoBeforeItIsBuilt() {
        let dense = Dense(2)
        #expect(performing: { try dense(sample([3])) }, throws: key(.value, "is incompatible with the layer"))
        #expect(!dense.isBuilt)
    }

    @Test func aFailedBuildLeavesNothingBehind() throws {
        let dense = Dense(0)
        #expect(performing: { try dense(sample([1, 3])) }, throws: key(.value, "positive number of units"))
        #expect(dense.variables.isEmpty && !dense.isBuilt)
    }

    @Test func gradientsMatchFiniteDifferences() throws {
        for activation in [nil, ActivationFunction.tanh, .sigmoid, .softmax] {
            let dense = Dense(3, activation: activation, dtype: .float64)
            #expect(try gradientError(at: sample([2, 4])) { try dense($0) } < 1e-7)
        }
    }

    @Test func givesTheSameNumbersInAPlan() throws {
        let dense = Dense(3, activation: .tanh)
        let x = sample([5, 4])
        let eager = try dense(x)
        let store = try #require(dense.variables.first).store
        let plan = try Plan(tracing: [TensorSpec([nil, 4])], in: store) { try dense(Tensors($0)).array }
        #expect(try plan.run([x], on: store.lease())[0].values == eager.values)
    }
}
