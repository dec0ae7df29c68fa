import TensorCore
import TestSupport
import Testing

@testable import Operators

/// What holds for every operator.
struct OperatorPropertyTests {
    @Test(arguments: OperatorCase.all)
    func givesTheSameEagerlyInAGraphAndInAPlan(_ operation: OperatorCase) throws {
        let eager = try operation.function(operation.inputs)
        for shapes in operation.unknownShapes {
            let graph = Graph()
            let placeholders = try zip(shapes, operation.inputs).map { shape, input in
                try graph.placeholder(TensorSpec(shape, input.dtype))
            }
            let outputs = try graph.asDefault { try operation.function(placeholders) }
            for (symbolic, value) in zip(outputs, eager) {
                #expect(symbolic.shape.accepts(value.shape), "\(symbolic.shape) for \(value.shape)")
                #expect(symbolic.dtype == value.dtype)
            }
            let found = try Session(graph).run(outputs, feeding: Array(zip(placeholders, operation.inputs)))
            #expect(zip(found, eager).allSatisfy(isSame), "graph with \(shapes)")

            let specs = zip(shapes, operation.inputs).map { TensorSpec($0, $1.dtype) }
            let store = VariableStore()
            let plan = try Plan(tracing: specs, in: store) { try operation.function($0) }
            let planned = try plan.run(operation.inputs, on: store.lease())
            #expect(zip(planned, eager).allSatisfy(isSame), "plan with \(shapes)")
        }
    }

    @Test(arguments: OperatorCase.all.filter(\.hasGradient))
    func hasTheGradientOfDifferences(_ operation: OperatorCase) throws {
        // Rounding a double over a step of 1e-5 leaves about 1e-10, the curvature about as much.
        #expect(try gradientError(ofAll: operation.inputs, operation.function) < 1e-7)
    }

    @Test(arguments: OperatorCase.all.filter(\.hasSecondGradient))
    func hasTheSecondGradientOfDifferences(_ operation: OperatorCase) throws {
        let error = try gradientError(ofAll: operation.inputs) { inputs in
            let tape = GradientTape()
            tape.watch(inputs)
            let outputs = try tape.record { try operation.function(inputs) }
            let floats = outputs.filter(\.dtype.isFloatingPoint)
            return try tape.gradient(
                of: floats, withRespectTo: inputs, outputGradients: floats.map(unevenWeights)
            ).compactMap { $0 }
        }
        #expect(error < 1e-6)
    }

    @Test(arguments: OperatorCase.all.filter(\.hasGradient))
    func hasTheSameGradientInAGraph(_ operation: OperatorCase) throws {
        let inputs = operation.inputs
        let tape = GradientTape()
        tape.watch(inputs)
        let outputs = try tape.record { try operation.function(inputs) }.filter(\.dtype.isFloatingPoint)
        let weights = outputs.map(unevenWeights)
        let eager = try tape.gradient(of: outputs, withRespectTo: inputs, outputGradients: weights)
        for shapes in operation.unknownShapes {
            let graph = Graph()
            let placeholders = try zip(shapes, inputs).map { shape, input in
                try graph.placeholder(TensorSpec(shape, input.dtype))
            }
            let symbolic = try graph.asDefault {
                let outputs = try operation.function(placeholders).filter(\.dtype.isFloatingPoint)
                return try gradients(of: outputs, withRespectTo: placeholders, outputGradients: weights)
            }
            #expect(symbolic.map { $0 != nil } == eager.map { $0 != nil })
            let found = try Session(graph).run(
                symbolic.compactMap { $0 }, feeding: Array(zip(placeholders, inputs)))
            #expect(zip(found, eager.compactMap { $0 }).allSatisfy(isSame), "with \(shapes)")
        }
    }

    /// A tape in a graph gives what ``gradients(of:withRespectTo:outputGradients:)`` gives.
    @Test(arguments: OperatorCase.all.filter(\.hasGradient))
    func aTapeRecordsSymbolicOperationsToo(_ operation: OperatorCase) throws {
        func gradient(_ inputs: [Tensor]) throws -> [Tensor] {
            let tape = GradientTape()
            tape.watch(inputs)
            let outputs = try tape.record { try operation.function(inputs) }.filter(\.dtype.isFloatingPoint)
            return try tape.gradient(of: outputs, withRespectTo: inputs).compactMap { $0 }
        }
        let graph = Graph()
        let placeholders = try operation.inputs.map { try graph.placeholder($0.spec) }
        let outputs = try graph.asDefault { try gradient(placeholders) }
        let found = try Session(graph).run(outputs, feeding: Array(zip(placeholders, operation.inputs)))
        #expect(try zip(found, gradient(operation.inputs)).allSatisfy(isSame))
    }

    @Test(arguments: OperatorCase.all)
    func takesEmptyAndSingleAndStrangeInputsWithoutATrap(_ operation: OperatorCase) throws {
        let strange: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1e300, -1e-300]
        for change in InputChange.all {
            let inputs = operation.inputs.map { input in
                change.apply(to: input) { strange[$0 % strange.count] }
            }
            check(operation, inputs, "\(change)")
        }
    }

    @Test(arguments: OperatorCase.all)
    func givesAResultOrATypedErrorForAnyDType(_ operation: OperatorCase) throws {
        for dtype in DType.allCases {
            // All inputs of that dtype, and each alone.
            check(operation, try operation.inputs.map { try Cast(dtype: dtype).evaluate($0) }, "\(dtype)")
            for place in operation.inputs.indices {
                var inputs = operation.inputs
                inputs[place] = try Cast(dtype: dtype).evaluate(inputs[place])
                check(operation, inputs, "\(dtype) at \(place)")
            }
        }
    }

    @Test(arguments: OperatorCase.all)
    func givesAResultOrATypedErrorForAnyShapes(_ operation: OperatorCase) throws {
        var generator = TestGenerator(seed: UInt64(operation.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
        for _ in 0..<120 {
            let inputs = try operation.inputs.map { input in
                let dtype = generator.chance(4) ? DType.allCases[generator.number(DType.allCases.count)] : input.dtype
                // Shapes near the operator's own get further than any others.
                let shape =
                    generator.chance(3) ? generator.shape() : generator.changed(input.shape)
                let numbers = (0..<shape.elementCount).map { _ in Double(generator.number(9)) - 2 }
                return try Cast(dtype: dtype).evaluate(Tensor(shape, numbers))
            }
            check(operation, inputs, "\(inputs)")
        }
    }

    /// Runs the operator, its gradient, and both in a graph, with errors of the right type as the only way out. What comes
    /// out has the shape that was foretold.
    private func check(_ operation: OperatorCase, _ inputs: [Tensor], _ what: String) {
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch is TensorError {} catch { Issue.record("\(error) for \(what)") }
        }
        attempt {
            let tape = GradientTape()
            tape.watch(inputs)
            let outputs = try tape.record { try operation.function(inputs) }
            for output in outputs { #expect(output.shape.isKnown) }
            let gradients = try tape.gradient(of: outputs, withRespectTo: inputs)
            for (gradient, input) in zip(gradients, inputs) {
                if let gradient { #expect(gradient.spec == input.spec, "gradient for \(what)") }
            }
        }
        attempt {
            let graph = Graph()
            let placeholders = try inputs.map { input in
                try graph.placeholder(
                    TensorSpec(Shape(input.shape.extents.map { _ in Shape.unknown }), input.dtype))
            }
            let outputs = try graph.asDefault { try operation.function(placeholders) }
            let floats = outputs.filter(\.dtype.isFloatingPoint)
            let found = try graph.asDefault { try gradients(of: floats, withRespectTo: placeholders) }
            let values = try Session(graph).run(
                outputs + found.compactMap { $0 }, feeding: Array(zip(placeholders, inputs)))
            for (output, value) in zip(outputs, values) { #expect(output.shape.accepts(value.shape), "\(what)") }
        }
    }
}

/// Ways to make an input strange.
private enum InputChange: CaseIterable {
    case strangeElements, firstExtentZero, lastExtentZero, allExtentsOne, scalar

    static let all = InputChange.allCases

    func apply(to input: Tensor, _ strange: (Int) -> Double) -> Tensor {
        let shape: Shape =
            switch self {
            case .strangeElements: input.shape
            case .firstExtentZero: input.rank == 0 ? input.shape : input.shape.replacing(0, with: 0)
            case .lastExtentZero: input.rank == 0 ? input.shape : input.shape.replacing(input.rank - 1, with: 0)
            case .allExtentsOne: Shape(input.shape.extents.map { _ in 1 })
            case .scalar: []
            }
        let isStrange = self == .strangeElements && input.dtype.isFloatingPoint
        let numbers = (0..<shape.elementCount).map { isStrange ? strange($0) : Double($0 % 2) }
        return (try? Cast(dtype: input.dtype).evaluate(Tensor(shape, numbers))) ?? input
    }
}
