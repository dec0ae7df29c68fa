import TensorCore
import TestSupport
import Testing

@testable import Operators

struct FunctionFormsTests {
    @Test func implicitGradientsFollowTheVariablesInTheOrderOfReading() throws {
        let weight = Variable(name: "w", initialValue: Tensor(3))
        let bias = Variable(name: "b", initialValue: Tensor(1))
        let frozen = Variable(name: "f", initialValue: Tensor(2), isTrainable: false)
        let both = implicitValueAndGradients { x in
            try square(bias.value + weight.value * x[0] * frozen.value)
        }
        let (value, found) = try both([Tensor(5)])
        #expect(value.values == [961])
        #expect(found.map(\.variable.name) == ["b:0", "w:0"])
        #expect(found.map { $0.gradient?.values } == [[62], [620]])
        #expect(try implicitGradients { try square(weight.value * $0[0]) }([Tensor(2)])[0].gradient?.values == [24])
    }

    @Test func withoutVariablesThereIsNothingToGive() {
        #expect(
            throws: TensorError.tape(
                "No trainable variables were accessed while the function was being computed.")
        ) { try implicitGradients { $0[0] }([Tensor(1)]) }
    }

    @Test func gradientsFunctionsTakeTheirArguments() throws {
        let function: ([Tensor]) throws -> Tensor = { try $0[0] * $0[1] * $0[1] }
        #expect(try gradientsFunction(function)([Tensor(2), Tensor(3)], nil).map { $0?.values } == [[9], [12]])
        let second = valueAndGradientsFunction(function, parameters: [1])
        let (value, found) = try second([Tensor(2), Tensor(3)], Tensor(10))
        #expect(value.values == [18])
        #expect(found.map { $0?.values } == [[120]])
    }

    /// As an argument it is another than itself as a constant.
    @Test func oneTensorMayBeTwoArguments() throws {
        let x = Tensor(3)
        #expect(
            try gradientsFunction { try $0[0] * $0[1] * x }([x, x], nil).map { $0?.values } == [[9], [9]])
    }

    @Test func theyNestForHigherDerivatives() throws {
        var derivative: (Tensor) throws -> Tensor = { try pow($0, 4) }
        for expected in [32, 48, 48, 24] as [Float] {
            let next = gradientFunction(derivative)
            derivative = { try #require(try next($0)) }
            #expect(try derivative(Tensor(2)).values == [expected])
        }
    }

    @Test func theyWorkInAGraph() throws {
        let graph = Graph()
        let weight = Variable(name: "w", initialValue: Tensor(3), in: graph.store)
        let x = try graph.placeholder(TensorSpec([]))
        let found = try graph.asDefault {
            try implicitGradients { try square(weight.value * $0[0]) }([x])[0].gradient
        }
        #expect(try Session(graph).run(#require(found), feeding: [(x, Tensor(2))]).values == [24])
        let explicit = try graph.asDefault { try gradientsFunction { try square($0[0]) }([x], nil)[0] }
        #expect(try Session(graph).run(#require(explicit), feeding: [(x, Tensor(2))]).values == [4])
    }

    @Test func refusesArgumentsThatAreNotThere() {
        #expect(throws: TensorError.indexOutOfRange(operator: "gradientsFunction", index: 1, limit: 1)) {
            try gradientsFunction({ $0[0] }, parameters: [1])([Tensor(1)], nil)
        }
    }
}
