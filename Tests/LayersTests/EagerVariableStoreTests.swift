import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// A store that shares variables by name when executing eagerly.
struct EagerVariableStoreTests {
    /// One Dense layer under a fixed scope, as a function of layers makes it.
    func dense(_ x: Tensor, units: Int = 2) throws -> Tensor {
        try variableScope("l1") { try Dense(units)(Tensors(x), CallOptions(scope: $0))[0] }
    }

    @Test func layersOfOneNameShareTheirVariables() throws {
        try eagerly { world throws in
            let container = EagerVariableStore()
            let outputs = try (0..<2).map { _ throws in
                try container.asDefault { try dense(world.tensor([1, 3])).values }
            }
            #expect(outputs[0] == outputs[1])
            #expect(container.variables.map(\.name) == ["l1/bias:0", "l1/kernel:0"])
            #expect(try dense(world.tensor([1, 3])).values != outputs[0])
            #expect(container.variables.count == 2)
        }
    }

    @Test func trainableAndOtherVariablesAreToldApart() throws {
        try eagerly { world throws in
            let container = EagerVariableStore()
            _ = try container.asDefault { try Statistics(layerName: "s")(world.one) }
            #expect(container.trainableVariables.map(\.name) == ["s/scale:0"])
            #expect(container.nonTrainableVariables.map(\.name) == ["s/mean:0"])
        }
    }

    @Test func aVariableOfAnotherShapeIsNotShared() throws {
        try eagerly { world throws in
            try EagerVariableStore().asDefault {
                _ = try dense(world.tensor([1, 3]))
                #expect(
                    performing: { _ = try dense(world.tensor([1, 3]), units: 5) },
                    throws: key(.value, "Trying to share variable l1/kernel"))
            }
        }
    }

    @Test func aScopeMayInsistOnFinding() throws {
        try eagerly { _ throws in
            let insists = VariableScopeOptions(reuse: .always)
            try EagerVariableStore().asDefault {
                #expect(
                    performing: { try variableScope("a", insists) { _ in _ = try getVariable("v", [1]) } },
                    throws: key(.value, "Variable a/v does not exist"))
                let made = try variableScope("a") { _ in try getVariable("v", [1]) }
                #expect(try variableScope("a", insists) { _ in try getVariable("v", [1]) } === made)
            }
        }
    }

    @Test func aCopyBeginsWithTheSameValuesAndGoesItsOwnWay() throws {
        try eagerly { world throws in
            let container = EagerVariableStore()
            let y = try container.asDefault { try dense(world.tensor([1, 3])).values }
            let copy = try container.copy()
            for variable in container.variables { try variable.fill(0) }
            #expect(try copy.asDefault { try dense(world.tensor([1, 3])).values } == y)
            #expect(try container.asDefault { try dense(world.tensor([1, 3])).values } == [0, 0])
            #expect(copy.variables.map(\.name) == container.variables.map(\.name))
            #expect(copy.variables.map(\.isTrainable) == container.variables.map(\.isTrainable))
        }
    }
}
