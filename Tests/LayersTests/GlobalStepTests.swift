import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// The default global step.
struct GlobalStepTests {
    @Test func thereIsNoneUntilItIsMade() throws {
        try inBothModes { _ throws in
            #expect(GlobalStep.current == nil)
            let step = try GlobalStep.create()
            #expect(GlobalStep.current === step)
            #expect(step.name == "global_step:0" && step.spec == TensorSpec([], .int64) && !step.isTrainable)
            #expect(try step.storedValue.scalars(Int64.self) == [0])
        }
    }

    @Test func itIsMadeOnce() throws {
        try inBothModes { _ throws in
            let step = try GlobalStep.getOrCreate()
            #expect(try GlobalStep.getOrCreate() === step)
            #expect(performing: { try GlobalStep.create() }, throws: key(.value, #""global_step" already exists"#))
        }
    }

    @Test func eachGraphHasItsOwn() throws {
        try eagerly { _ throws in
            let step = try GlobalStep.create()
            try inGraph { _ throws in
                #expect(GlobalStep.current == nil)
                #expect(try GlobalStep.create() !== step)
            }
            #expect(GlobalStep.current === step)
        }
    }
}
