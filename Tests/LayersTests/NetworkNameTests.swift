import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 1 of the rules: construction and names.
struct NetworkNameTests {
    @Test func n01_anExplicitNameIsFinalAtOnce() throws {
        try inBothModes { _ in
            let net = try MyNetwork(name: "abcd")
            #expect(try net.name == "abcd")
        }
    }

    @Test func n02_aNameMayHoldNoSlash() {
        #expect(performing: { try MyNetwork(name: "a/b") }, throws: key(.value, "are not allowed in Network names"))
    }

    /// The compiler refuses a scope as a name; so does the door for callers that do not know what they hold.
    @Test func n03_aScopeIsNoName() throws {
        try inBothModes { _ in
            let scope = try variableScope("some_scope") { $0 }
            #expect(performing: { try Network.name(of: scope) }, throws: key(.value, "not valid Network names"))
            #expect(performing: { try Network.name(of: 7) }, throws: key(.type, "must be a string"))
            #expect(try Network.name(of: "a") == "a")
            #expect(try Network.name(of: nil) == nil)
        }
    }

    @Test func n04_anAnonymousNetworkIsNamedWhenItIsCalledOrTracked() throws {
        try inBothModes { world in
            let (called, tracked) = (try MyNetwork(), try MyNetwork())
            for network in [called, tracked] {
                #expect(performing: { try network.name }, throws: key(.value, "does not yet have a final name"))
            }
            _ = try called(world.one)
            #expect(try called.name == "my_network")
            let parent = try ParentNetwork(tracked)
            #expect(try tracked.name == "my_network")
            #expect(performing: { try parent.name }, throws: key(.value, "does not yet have a final name"))
        }
    }

    @Test func n04_settlingForARestorationNamesAnAnonymousNetwork() throws {
        try inBothModes { _ in
            let net = try MyNetwork()
            try net.settleForRestoration()
            #expect(try net.name == "my_network")
        }
    }

    @Test func n05_theEmptyNameIsAnonymousButCanBeRead() throws {
        try inBothModes { world in
            let net = try MyNetwork(name: "")
            #expect(try net.name.isEmpty)
            _ = try net(world.one)
            #expect(try net.name == "my_network")
            #expect(net.variableNames == ["my_network/dense/kernel:0"])
            #expect(try Dense(1, name: "").name == "dense_2")
        }
    }

    @Test func n07_networksAreNumberedFromZero() throws {
        try inBothModes { world in
            let names = try (0..<3).map { _ in
                let net = try MyNetwork()
                _ = try net(world.one)
                return try net.name
            }
            #expect(names == ["my_network", "my_network_1", "my_network_2"])
        }
    }

    @Test func n08_anonymousNetworksAreNumberedInTheOrderOfTheirFirstCall() throws {
        try inBothModes { world in
            let (first, second) = (try MyNetwork(), try MyNetwork())
            _ = try second(world.one)
            _ = try first(world.one)
            #expect(try [first.name, second.name] == ["my_network_1", "my_network"])
        }
    }

    @Test func n09_theCounterMovesOnPastNamesThatAreTaken() throws {
        try inBothModes { world in
            for name in ["my_network", "my_network_1"] { _ = try MyNetwork(name: name)(world.one) }
            let (first, second) = (try MyNetwork(), try MyNetwork())
            _ = try first(world.one)
            _ = try second(world.one)
            #expect(try [first.name, second.name] == ["my_network_2", "my_network_3"])
        }
    }

    @Test func n09_eachScopeCountsForItself() throws {
        try inBothModes { world in
            let outside = try MyNetwork()
            let inside = try variableScope("scope") { _ in try MyNetwork() }
            _ = try outside(world.one)
            _ = try inside(world.one)
            #expect(try [outside.name, inside.name] == ["my_network", "scope/my_network"])
        }
    }

    @Test func n10_anonymousNetworksAvoidScopesThatWereEverOpened() throws {
        try inBothModes { world in
            _ = try MyNetwork(name: "my_network")(world.one)
            let before = try MyNetwork()
            try variableScope("my_network_1") { _ in }
            _ = try before(world.one)
            #expect(try before.name == "my_network_2")
        }
    }

    @Test func n11_aNetworkGoesIntoTheScopeWhereItWasConstructed() throws {
        try inBothModes { world in
            let (anonymous, explicit) = try variableScope("a") { _ in
                try variableScope("b") { _ in (try MyNetwork(), try MyNetwork(name: "explicit")) }
            }
            #expect(try explicit.name == "explicit")
            try variableScope("elsewhere") { _ in
                _ = try anonymous(world.one)
                _ = try explicit(world.one)
            }
            #expect(try [anonymous.name, anonymous.scopeName] == ["a/b/my_network", "a/b/my_network"])
            #expect(anonymous.variableNames == ["a/b/my_network/dense/kernel:0"])
            #expect(try explicit.name == "a/b/explicit")
            #expect(try explicit.dense.scopeName == "a/b/explicit/dense")
        }
    }

    /// The long way through scopes: nested, left, captured and entered again.
    @Test func n12_anonymousNetworksAreNumberedWithinTheirScope() throws {
        try inBothModes { world in
            let before = try MyNetwork()
            _ = try before(world.one)
            let captured = VariableScope.current
            let (first, second, unique, taken, twin, inner) = try variableScope("outside") { _ in
                let first = try MyNetwork()
                _ = try first(world.one)
                let (unique, taken) = (try MyNetwork(name: "conflict"), try MyNetwork(name: "conflict"))
                let inner = try variableScope("inside") { _ in try MyNetwork(name: "conflict") }
                return (first, try MyNetwork(), unique, taken, try MyNetwork(name: "blocked"), inner)
            }
            let (late, third) = try variableScope("between") { _ in
                try variableScope(captured) { _ in
                    try variableScope("outside") { _ in
                        let late = try MyNetwork(name: "conflict")
                        try variableScope("my_network_1") { _ in }
                        try variableScope("blocked") { _ in }
                        return (late, try MyNetwork())
                    }
                }
            }
            _ = try unique(world.one)
            for network in [taken, late, twin] {
                #expect(performing: { _ = try network(world.one) }, throws: key(.value, "already exists"))
            }
            _ = try inner(world.one)
            _ = try second(world.one)
            _ = try third(world.one)
            #expect(try unique.name == "outside/conflict")
            #expect(try inner.name == "outside/inside/conflict")
            #expect(
                try [first, second, third].map { try $0.name }
                    == ["outside/my_network", "outside/my_network_2", "outside/my_network_3"])
            let after = try MyNetwork()
            _ = try after(world.one)
            #expect(try [before.name, after.name] == ["my_network", "my_network_1"])
        }
    }

    @Test func n13_aSecondUserOfANameFailsAtItsCall() throws {
        try inBothModes { world in
            let first = try MyNetwork(name: "foo")
            _ = try first(world.one)
            let second = try MyNetwork(name: "foo")
            #expect(
                performing: { _ = try second(world.one) },
                throws: key(.value, "A Network named 'foo' already exists (or a variable_scope was created"))
            #expect(try world.values(first(world.one)).count == 1)
            try variableScope("abcd") { _ in }
            let third = try MyNetwork(name: "abcd")
            #expect(
                performing: { _ = try third(world.one) },
                throws: key(.value, "already exists (or a variable_scope was created with this name)"))
        }
    }

    @Test func n14_aBlankScopeAddsNoPrefixButItsSettings() throws {
        try inBothModes { world in
            let seen = Seen()
            let getter: VariableGetter = { request, make in
                seen.note(request.name)
                return try make(request)
            }
            let net = try variableScope("", VariableScopeOptions(getter: getter)) { _ in try MyNetwork() }
            _ = try net(world.one)
            #expect(net.variableNames == ["my_network/dense/kernel:0"])
            #expect(seen.names == ["my_network/dense/kernel"])
        }
    }

    @Test func n15_aNetworkTakesNoScopeFromItsCaller() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            let scope = try variableScope("foo") { $0 }
            #expect(
                performing: { _ = try net(Tensors(world.one), CallOptions(scope: scope)) },
                throws: key(.value, "Networks may not be created with explicit scopes"))
            #expect(!net.isBuilt)
        }
    }

    @Test func n16_theScopesNameIsThereAfterTheFirstCall() throws {
        try inBothModes { world in
            let parent = try ParentNetwork(name: "parent")
            #expect(
                performing: { try parent.scopeName },
                throws: key(.value, #"No name available for layer scope because the layer "parent" has not been used"#))
            _ = try parent(world.one)
            #expect(try parent.scopeName == "parent")
            #expect(try parent.first.scopeName == "parent/my_network")
            #expect(try (parent.first.layers[0]).scopeName == "parent/my_network/dense")
        }
    }

    @Test func n17_aNestedNetworksNameIsOnlyTheLastComponent() throws {
        try inBothModes { world in
            let parent = try ParentNetwork()
            _ = try parent(world.one)
            #expect(try parent.second.name == "my_network_1")
            #expect(try parent.second.scopeName == "parent_network/my_network_1")
        }
    }
}

/// What a getter saw.
final class Seen: @unchecked Sendable {
    // Sendable because each test uses its own on one thread.
    private(set) var names: [String] = []

    func note(_ name: String) { names.append(name) }
}
