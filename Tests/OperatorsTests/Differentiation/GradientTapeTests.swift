import TensorCore
import TestSupport
import Testing

@testable import Operators

struct GradientTapeTests {
    @Test func watchesTrainableVariablesByItself() throws {
        let weight = Variable(name: "w", initialValue: Tensor([2], [3, 4]))
        let frozen = Variable(name: "f", initialValue: Tensor([2], [1, 1]), isTrainable: false)
        let tape = GradientTape()
        let loss = try tape.record { try sum(weight.value * weight.value * frozen.value) }
        let gradients = try tape.gradient(of: loss, withRespectTo: [weight, frozen])
        #expect(gradients[0]?.values == [6, 8])
        #expect(gradients[1] == nil)
        #expect(tape.watchedVariables.map(\.name) == ["w:0"])
    }

    @Test func addsTheGradientsOfAllReadings() throws {
        let weight = Variable(name: "w", initialValue: Tensor(2))
        let tape = GradientTape()
        let loss = try tape.record { () throws -> Tensor in
            let before = try weight.value
            try weight.assign(Tensor(5))
            return try before * weight.value
        }
        #expect(loss.values == [10])
        #expect(try tape.gradient(of: loss, withRespectTo: [weight])[0]?.values == [7])
    }

    @Test func isSpentAfterOneGradientUnlessPersistent() throws {
        let x = Tensor(3)
        let once = GradientTape()
        once.watch(x)
        let y = try once.record { try x * x }
        #expect(try once.gradient(of: y, withRespectTo: x)?.values == [6])
        #expect(throws: TensorError.self) { try once.gradient(of: y, withRespectTo: x) }

        let often = GradientTape(persistent: true)
        often.watch(x)
        let z = try often.record { try x * x * x }
        #expect(try often.gradient(of: z, withRespectTo: x)?.values == [27])
        #expect(try often.gradient(of: z, withRespectTo: x)?.values == [27])
    }

    @Test func nestedTapesGiveSecondDerivatives() throws {
        let x = Tensor(3)
        let outer = GradientTape()
        outer.watch(x)
        let first = try outer.record { () throws -> Tensor in
            let inner = GradientTape()
            inner.watch(x)
            let y = try inner.record { try x * x * x }
            return try #require(try inner.gradient(of: y, withRespectTo: x))
        }
        #expect(first.values == [27])
        #expect(try outer.gradient(of: first, withRespectTo: x)?.values == [18])
    }

    @Test func givesNothingWhereNothingFlows() throws {
        let (x, y) = (Tensor(1), Tensor(2))
        let tape = GradientTape()
        tape.watch(x)
        tape.watch(y)
        let z = try tape.record { try x * 2 }
        let gradients = try tape.gradient(of: [z], withRespectTo: [x, y])
        #expect(gradients[0]?.values == [2])
        #expect(gradients[1] == nil)
    }

    @Test func beginsWithTheGivenOutputGradient() throws {
        let x = Tensor([2], [1, 2])
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try x * 3 }
        #expect(
            try tape.gradient(of: [y], withRespectTo: [x], outputGradients: [Tensor([2], [1, 10])])[0]?.values == [
                3, 30,
            ])
    }

    @Test func watchesWhatItIsToldOnlyWhenItIsSet() throws {
        let weight = Variable(name: "w", initialValue: Tensor(2))
        let frozen = Variable(name: "f", initialValue: Tensor(3), isTrainable: false)
        let tape = GradientTape(watchesVariables: false)
        try tape.watch(frozen)
        let y = try tape.record { try weight.value * frozen.value }
        let found = try tape.gradient(of: y, withRespectTo: [weight, frozen])
        #expect(found.map { $0?.values } == [nil, [2]])
        #expect(tape.watchedVariables.map(\.name) == ["f:0"])
    }

    @Test func sumsOverSeveralTargets() throws {
        let x = Tensor(3)
        let tape = GradientTape()
        tape.watch(x)
        let (y, z) = try tape.record { (try square(x), try x * 5) }
        #expect(try tape.gradient(of: [y, z], withRespectTo: [x])[0]?.values == [11])
    }

    @Test func aSourceMayBeInTheMiddleOrTheTargetItself() throws {
        let x = Tensor(3)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let (y, z) = try tape.record { () throws -> (Tensor, Tensor) in
            let y = try square(x)
            return (y, try y * x)
        }
        #expect(try tape.gradient(of: [z], withRespectTo: [y, x, z]).map { $0?.values } == [[3], [27], [1]])
    }

    @Test func wholeNumbersCarryNoGradient() throws {
        let x = Tensor([2], [Int32(1), 2])
        let w = Tensor([2], [3, 4])
        let tape = GradientTape()
        tape.watch([x, w])
        let y = try tape.record { try sum(cast(x + 1, to: .float32) * w) }
        #expect(try tape.gradient(of: [y], withRespectTo: [x, w]).map { $0?.values } == [nil, [2, 3]])
    }

    @Test func whatIsComputedUnseenIsNotRecorded() throws {
        let x = Tensor(3)
        let tape = GradientTape()
        tape.watch(x)
        let y = try tape.record { try withoutRecording { try square(x) } * x }
        #expect(try tape.gradient(of: y, withRespectTo: x)?.values == [9])
    }

    @Test func refusesOutputGradientsThatDoNotFit() throws {
        let x = Tensor([2], [1, 2])
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let y = try tape.record { try x * 3 }
        #expect(
            throws: TensorError.invalidArgument(
                operator: "gradient", message: "there are 1 targets and 2 output gradients")
        ) { try tape.gradient(of: [y], withRespectTo: [x], outputGradients: [nil, nil]) }
        #expect(throws: TensorError.self) {
            try tape.gradient(of: [y], withRespectTo: [x], outputGradients: [Tensor(1)])
        }
        #expect(throws: TensorError.dtypeMismatch(operator: "gradient", left: .float32, right: .float64)) {
            try tape.gradient(of: [y], withRespectTo: [x], outputGradients: [Tensor([2], [1, 2] as [Double])])
        }
    }

    @Test func letsGoOfWhatItRecordedAsItGoesBack() throws {
        let x = Tensor([1], [2])
        let tape = GradientTape()
        tape.watch(x)
        var y = try tape.record { try square(x) }
        let isAloneBefore = y.isUnique()
        _ = try tape.gradient(of: y, withRespectTo: x)
        let isAloneAfter = y.isUnique()
        #expect(!isAloneBefore && isAloneAfter)
    }
}
