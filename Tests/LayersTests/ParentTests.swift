import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 3 of the rules: scopes, and parents that disappear.
struct ParentTests {
    @Test func n40_callingAChildFirstSettlesItsParentsName() throws {
        try inBothModes { world in
            let (other, parent) = (try ParentNetwork(), try ParentNetwork())
            _ = try parent.second(world.one)
            #expect(try parent.name == "parent_network")
            #expect(!parent.isBuilt && parent.second.isBuilt)
            _ = try other(world.one)
            #expect(try other.name == "parent_network_1")
            _ = try parent(world.one)
            #expect(
                parent.variableNames == [
                    "parent_network/my_network/dense/kernel:0", "parent_network/my_network_1/dense/kernel:0",
                ])
        }
    }

    @Test func n41_aNetworkLendsItsLayersTheirScopes() throws {
        try inBothModes { _ in
            let layers = [Dense(1), Dense(1, name: "fc"), Dense(1)]
            let net = try Chain(layers, name: "net")
            try net.settleForRestoration()
            #expect(try layers.map { try $0.scopeName } == ["net/dense", "net/fc", "net/dense_1"])
        }
    }

    @Test func n41_aSharedLayersScopeIsUnderItsOwners() throws {
        try inBothModes { _ in
            let shared = Dense(1)
            let owner = try Chain([shared], name: "owner")
            let sharer = try Chain([shared], name: "sharer")
            try sharer.settleForRestoration()
            #expect(try [shared.scopeName, owner.scopeName] == ["owner/dense", "owner"])
        }
    }

    @Test func n41_aLayerThatIsCalledBeforeItsNetworkStandsAlone() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            _ = try net.dense(world.one)
            _ = try net(world.one)
            #expect(net.variableNames == ["dense/kernel:0"])
            #expect(try net.dense.name == "dense")
        }
    }

    @Test func n42_aLayerWhoseOwnerIsGoneCannotBeNamed() throws {
        try inBothModes { world in
            let dense = Dense(1)
            var owner: Network? = try Chain([dense])
            let sharer = try Chain([dense], name: "sharer")
            withExtendedLifetime(owner) {}
            owner = nil
            #expect(
                performing: { _ = try sharer(world.one) },
                throws: key(
                    .value,
                    "The parent of a Layer added to Network sharer was garbage collected before the Layer was built"))
        }
    }

    @Test func n43_aNetworkWhoseParentIsGoneBecomesTopLevelUnderTheNameItWasGiven() throws {
        try inBothModes { world in
            let child = try MyNetwork()
            var parent: Network? = try ParentNetwork(MyNetwork(), child)
            withExtendedLifetime(parent) {}
            parent = nil
            _ = try child(world.one)
            #expect(child.variableNames == ["my_network_1/dense/kernel:0"])
        }
    }

    @Test func n43_aNewParentTakesOverWhatNobodyOwnsAnyMore() throws {
        try inBothModes { world in
            let child = try MyNetwork()
            var parent: Network? = try ParentNetwork(child)
            withExtendedLifetime(parent) {}
            parent = nil
            let heir = try ParentNetwork(child)
            _ = try heir(world.one)
            #expect(child.variableNames == ["parent_network/my_network/dense/kernel:0"])
        }
    }

    /// No sequence of calls is known that breaks this; here the prefix is made from the parent's, so it cannot.
    @Test func n44_aNestedNetworksScopeBeginsWithItsParents() throws {
        try inBothModes { world in
            let inner = try ParentNetwork()
            let middle = try variableScope("scope") { _ in try ParentNetwork(nil, inner) }
            let outer = try ParentNetwork(middle)
            try variableScope("elsewhere") { _ in _ = try inner.second(world.one) }
            _ = try outer(world.one)
            for (parent, child) in [(outer, middle), (middle, inner), (inner, inner.second)] as [(Network, Network)] {
                #expect(try child.scopeName == parent.scopeName + "/" + child.name)
            }
        }
    }

    @Test func n45_layersInsideAPlainLayerAreNoPartOfTheNetwork() throws {
        try inBothModes { world in
            let wrapper = Wrapper()
            let net = try Chain([wrapper], name: "net")
            _ = try net(world.one)
            #expect(try wrapper.inner.name == "dense_1")
            #expect(wrapper.inner.variableNames == ["net/wrapper/dense/kernel:0"])
            #expect(net.variables.isEmpty)
        }
    }
}

/// A plain layer that holds another.
private final class Wrapper: Layer {
    let inner = Dense(1, usesBias: false)

    override func call(_ input: Tensor) throws -> Tensor { try inner(input) }
}
