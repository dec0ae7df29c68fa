import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Variable scopes: nested, captured, blank; their settings, and what they share.
struct VariableScopeTests {
    @Test func namesNest() throws {
        try inBothModes { _ throws in
            try variableScope("a") { outer throws in
                #expect(outer.name == "a")
                try variableScope("b") { inner throws in
                    #expect(inner.name == "a/b" && VariableScope.current.name == "a/b")
                    #expect(try getVariable("v", [1]).name == "a/b/v:0")
                }
                #expect(VariableScope.current.name == "a")
            }
            #expect(VariableScope.current.name.isEmpty)
        }
    }

    @Test func aDefaultNameGetsANumberWhereItIsTaken() throws {
        try inBothModes { _ throws in
            func name() throws -> String { try variableScope(defaultName: "a") { $0.name } }
            #expect(try (0..<3).map { _ in try name() } == ["a", "a_1", "a_2"])
            #expect(try variableScope("outer") { _ in try [name(), name()] } == ["outer/a", "outer/a_1"])
            // Leaving a scope forgets what was counted in it, so the same program makes the same names again.
            #expect(try variableScope("outer") { _ in try name() } == "outer/a")
            #expect(try variableScope("b") { _ in try variableScope("a") { $0.name } } == "b/a")
        }
    }

    @Test func aCapturedScopeIsEnteredByWhatItWas() throws {
        try inBothModes { _ throws in
            let captured = try variableScope("a") { _ in try variableScope("b") { $0 } }
            try variableScope("elsewhere") { _ throws in
                try variableScope(captured) { scope throws in
                    #expect(scope.name == "a/b")
                    #expect(try variableScope("c") { $0.name } == "a/b/c")
                }
                #expect(VariableScope.current.name == "elsewhere")
            }
        }
    }

    @Test func whatIsCountedInACapturedScopeIsForgottenThere() throws {
        try inBothModes { _ throws in
            func name() throws -> String { try variableScope(defaultName: "a") { $0.name } }
            let root = VariableScope.current
            #expect(try name() == "a")
            try variableScope(root) { _ throws in #expect(try name() == "a_1") }
            #expect(try name() == "a_1")
        }
    }

    @Test func aBlankScopeForgetsNothing() throws {
        try inBothModes { world throws in
            _ = try Dense(1)(world.one)
            try variableScope("") { scope throws in #expect(scope.name.isEmpty) }
            let second = Dense(1)
            _ = try second(world.one)
            #expect(try second.scopeName == "dense_1")
            // Inside another one it is a component like any other, as in the reference.
            #expect(try variableScope("a") { _ in try variableScope("") { $0.name } } == "a/")
        }
    }

    @Test func gettersAreAskedFromTheInnermostOutwards() throws {
        try inBothModes { _ throws in
            let seen = Seen()
            func appending(_ letter: String) -> VariableScopeOptions {
                VariableScopeOptions(getter: { request, make in
                    seen.note(letter)
                    var request = request
                    request.name += letter
                    return try make(request)
                })
            }
            try variableScope("scope", appending("a")) { _ throws in
                try variableScope("", appending("b")) { _ throws in
                    #expect(try getVariable("v", [1]).name == "scope//vba:0")
                }
            }
            #expect(seen.names == ["b", "a"])
        }
    }

    @Test func aGetterMayAnswerWithAnotherVariable() throws {
        try inBothModes { world throws in
            let own = Variable(name: "own", initialValue: Tensor([1, 1], [3]))
            let options = VariableScopeOptions(getter: { _, _ in own })
            let net = try variableScope("", options) { _ in try MyNetwork() }
            #expect(try world.values(net(world.one)) == [3])
            #expect(net.variableNames == ["own:0"])
        }
    }

    @Test func settingsAreInheritedAndCapturedOnesAreTheirOwn() throws {
        try inBothModes { _ throws in
            let sevens = VariableScopeOptions(initializer: .constant(7))
            let captured = try variableScope("a") { $0 }
            try variableScope("b", sevens) { _ throws in
                try variableScope("c") { _ throws in #expect(try getVariable("v", [1]).storedValue.values == [7]) }
                try variableScope(captured, VariableScopeOptions(initializer: .constant(2))) { _ throws in
                    #expect(try getVariable("v", [1]).storedValue.values == [2])
                }
                try variableScope(captured) { _ throws in #expect(try getVariable("w", [1]).storedValue.values != [7]) }
            }
        }
    }

    /// The scope's own penalty, unlike a layer's, is known to the graph only.
    @Test func aScopesRegularizerFillsTheGraphsCollection() throws {
        try inBothModes { world throws in
            let net = try variableScope("", VariableScopeOptions(regularizer: .l2(1))) { _ in try MyNetwork() }
            _ = try net(world.one)
            try net.variables[0].fill(3)
            #expect(try net.losses.isEmpty)
            let collected = VariableScope.current.registry.collections.tensors(.regularizationLosses)
            #expect(try collected.map { try world.values($0) } == (world.isGraph ? [[9]] : []))
        }
    }

    @Test func aGraphMakesOrFindsVariablesAsTheScopeSays() throws {
        try inGraph { _ throws in
            let first = try variableScope("a") { _ in try getVariable("v", [2]) }
            #expect(
                performing: { try variableScope("a") { _ in _ = try getVariable("v", [2]) } },
                throws: key(.value, "Variable a/v already exists, disallowed"))
            let reuse = VariableScopeOptions(reuse: .always)
            #expect(try variableScope("a", reuse) { _ in try getVariable("v", [2]) } === first)
            #expect(
                performing: { try variableScope("a", reuse) { _ in _ = try getVariable("w", [2]) } },
                throws: key(.value, "Variable a/w does not exist, or was not created with tf.get_variable()"))
            #expect(
                performing: { try variableScope("a", reuse) { _ in _ = try getVariable("v", [3]) } },
                throws: key(.value, "Trying to share variable a/v"))
            let automatic = VariableScopeOptions(reuse: .automatic)
            try variableScope("a", automatic) { _ throws in
                #expect(try getVariable("v", [2]) === first)
                let second = try getVariable("w", [2])
                // Reuse is inherited, and cannot be switched off further in.
                try variableScope("", VariableScopeOptions(reuse: .never)) { _ throws in
                    #expect(try getVariable("u", [2]) === getVariable("u", [2]))
                }
                #expect(try getVariable("w", [2]) === second)
            }
        }
    }

    @Test func executingEagerlyEveryRequestMakesAVariable() throws {
        try eagerly { _ throws in
            let variables = try (0..<2).map { _ in try variableScope("a") { _ in try getVariable("v", [2]) } }
            #expect(variables[0] !== variables[1] && variables[0].name == variables[1].name)
        }
    }

    @Test func layersInAReusingScopeShareTheirVariablesAndPenaltiesOnce() throws {
        try inGraph { world throws in
            let reuse = VariableScopeOptions(reuse: .automatic)
            let layers = try (0..<2).map { _ throws in
                try variableScope("a", reuse) { scope throws in
                    let dense = Dense(1, usesBias: false, kernelRegularizer: .l2(1))
                    _ = try dense(Tensors(world.one), CallOptions(scope: scope))
                    return dense
                }
            }
            #expect(layers[0].variables[0] === layers[1].variables[0])
            #expect(try layers.map { try $0.losses.count } == [1, 0])
            #expect(VariableScope.current.registry.collections.count(.regularizationLosses) == 1)
        }
    }

    @Test func aGraphCollectsItsVariables() throws {
        try inGraph { world throws in
            _ = try Chain([Statistics()], name: "net")(world.one)
            _ = try getVariable("v", [1], regularizer: .l2(1))
            _ = try GlobalStep.create()
            let collections = VariableScope.current.registry.collections
            #expect(
                collections.variables(.globalVariables).map(\.name)
                    == ["net/statistics/mean:0", "net/statistics/scale:0", "v:0", "global_step:0"])
            #expect(collections.variables(.trainableVariables).map(\.name) == ["net/statistics/scale:0", "v:0"])
            #expect(collections.count(.regularizationLosses) == 1)
        }
        try eagerly { world throws in
            _ = try Chain([Statistics()], name: "net")(world.one)
            #expect(VariableScope.current.registry.collections.count(.globalVariables) == 0)
        }
    }
}
