import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 2 of the rules: tracking.
struct TrackingTests {
    @Test func n20_trackingGivesTheLayerBack() throws {
        try inBothModes { _ in
            let (net, dense) = (try Network(), Dense(1))
            #expect(try net.trackLayer(dense) === dense)
        }
    }

    /// The compiler lets no method be called before `init`; the untyped door refuses a network that is not there yet.
    @Test func n21_trackingNeedsAnInitialisedNetwork() throws {
        #expect(
            performing: { try Network.trackLayer(Dense(1), in: nil) },
            throws: key(.runtime, "Need to call Network.__init__ before adding layers"))
    }

    @Test func n22_onlyLayersCanBeTracked() throws {
        try inBothModes { world in
            let net = try Network()
            let function: (Tensor) throws -> Tensor = { $0 }
            for object in ["a string", function, try world.one] as [Any] {
                #expect(
                    performing: { try Network.trackLayer(object, in: net) },
                    throws: key(.type, "not a tf.layers.Layer"))
            }
            let dense = Dense(1)
            #expect(try Network.trackLayer(dense, in: net) === dense)
        }
    }

    /// Every variable here is a resource variable: what was read before an assignment stays what it was.
    @Test func n23_variablesAreResourceVariables() throws {
        try eagerly { world in
            let net = try MyNetwork()
            _ = try net(world.one)
            try net.variables[0].fill(1)
            let before = try net.variables[0].value
            try net.variables[0].fill(2)
            #expect(before.values == [1])
            #expect(try net.variables[0].value.values == [2])
        }
    }

    @Test func n24_trackingNamesAnAnonymousNetworkAtOnce() throws {
        try inBothModes { _ in
            let (first, second) = (try ParentNetwork(), try ParentNetwork())
            for parent in [first, second] {
                #expect(try [parent.first.name, parent.second.name] == ["my_network", "my_network_1"])
            }
        }
    }

    @Test func n25_anAnonymousLayerIsNumberedAnewAnExplicitOneKeepsItsName() throws {
        try inBothModes { _ in
            for _ in 0..<6 { _ = Dense(1) }
            let (anonymous, explicit, another) = (Dense(1), Dense(1, name: "fc"), Dense(1))
            #expect(try anonymous.name == "dense_7")
            _ = try Chain([anonymous, explicit, another])
            #expect(try [anonymous, explicit, another].map { try $0.name } == ["dense", "fc", "dense_1"])
        }
    }

    @Test func n26_networksAndLayersShareOneNumbering() throws {
        try inBothModes { world in
            let layers = [
                Dense(1), Dense(1), try Chain([Dense(1, usesBias: false)], named: "Dense"), Dense(1),
                Dense(1, usesBias: false),
            ]
            let net = try Chain(layers, named: "MixedLayerNetwork")
            _ = try net(world.one)
            #expect(try layers.map { try $0.name } == ["dense", "dense_1", "dense_2", "dense_3", "dense_4"])
            #expect(layers[2].variableNames == ["mixed_layer_network/dense_2/dense/kernel:0"])
            #expect(layers[4].variableNames == ["mixed_layer_network/dense_4/kernel:0"])
        }
    }

    @Test func n27_theFirstNetworkThatTracksALayerOwnsIt() throws {
        try inBothModes { world in
            let shared = Dense(1, usesBias: false)
            let (first, second) = (try Chain([shared], named: "First"), try Chain([Dense(1), shared], named: "Second"))
            #expect(try shared.name == "dense")
            _ = try second(world.one)
            _ = try first(world.one)
            #expect(shared.variableNames == ["first/dense/kernel:0"])
            #expect(first.variables[0] === second.variables[2])
        }
    }

    @Test func n27_trackingDoesNotKeepTheOwnerAlive() throws {
        try inBothModes { _ in
            let shared = Dense(1)
            weak var owner: Network?
            do {
                let net = try Chain([shared])
                owner = net
            }
            #expect(owner == nil)
        }
    }

    @Test func n28_twoOwnedLayersOfOneNameAreRefused() throws {
        try inBothModes { _ in
            #expect(
                performing: { try ParentNetwork(MyNetwork(name: "same"), MyNetwork(name: "same")) },
                throws: key(.value, "Attempt to add two Layers with the name 'same' to the same Network."))
            #expect(
                performing: { try Chain([Dense(1, name: "fc"), Dense(1, name: "fc")]) },
                throws: key(.value, "Attempt to add two Layers with the name 'fc' to the same Network."))
        }
    }

    @Test func n29_aSharedLayerMayBeCalledAsAnOwnedOneIs() throws {
        try inBothModes { world in
            let owner = try ParentNetwork()
            _ = try owner(world.one)
            let sharers = [
                try ParentNetwork(owner.first, nil), try ParentNetwork(nil, owner.second),
                try ParentNetwork(nil, owner.first),
            ]
            for sharer in sharers { _ = try sharer(world.one) }
            #expect(
                try sharers.map { try $0.layers.map { try $0.name } } == [
                    ["my_network", "my_network"], ["my_network", "my_network_1"], ["my_network", "my_network"],
                ])
            #expect(
                sharers[2].variableNames == [
                    "parent_network_3/my_network/dense/kernel:0", "parent_network/my_network/dense/kernel:0",
                ])
        }
    }

    @Test func n30_trackingAgainCountsOnceTheLayerIsBuilt() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            #expect(try net.trackLayer(net.dense) === net.dense)
            #expect(net.layers.count == 1)
            _ = try net(world.one)
            #expect(try net.trackLayer(net.dense) === net.dense)
            #expect(net.layers.count == 2)
            #expect(net.variableNames == ["my_network/dense/kernel:0", "my_network/dense/kernel:0"])
        }
    }

    @Test func n31_aLayerThatIsBuiltKeepsItsNamesAndBelongsToNobody() throws {
        try inBothModes { world in
            _ = Dense(1)
            let built = Dense(1, usesBias: false)
            _ = try built(world.one)
            let net = try Chain([built, Dense(1, usesBias: false)], named: "FirstNetwork")
            _ = try net(world.one)
            #expect(try net.layers.map { try $0.name } == ["dense_2", "dense"])
            #expect(net.variableNames == ["dense/kernel:0", "first_network/dense/kernel:0"])
        }
    }

    @Test func n32_aNetworkThatWasCalledKeepsItsPlaceWhenItIsTracked() throws {
        try inBothModes { world in
            let child = try MyNetwork()
            _ = try child(world.one)
            let parent = try ParentNetwork(child)
            _ = try parent(world.one)
            #expect(try [child.name, child.scopeName] == ["my_network", "my_network"])
            #expect(parent.variableNames == ["my_network/dense/kernel:0", "parent_network/my_network/dense/kernel:0"])
        }
    }

    @Test func n33_aChildMayBeCalledAsItsParentIs() throws {
        try inBothModes { world in
            let parent = try ParentNetwork(MyNetwork(name: "same"), MyNetwork(name: "second"), name: "same")
            _ = try parent(world.one)
            #expect(parent.variableNames == ["same/same/dense/kernel:0", "same/second/dense/kernel:0"])
        }
    }

    @Test func n34_aNumberThatIsTakenIsPassedOverOrRefused() throws {
        try inBothModes { _ in
            let layers = [Dense(1), Dense(1, name: "dense_1"), Dense(1)]
            _ = try Chain(layers)
            #expect(try layers.map { try $0.name } == ["dense", "dense_1", "dense_2"])
            #expect(
                performing: { try Chain([Dense(1), Dense(1), Dense(1, name: "dense_1")]) },
                throws: key(.value, "Attempt to add two Layers with the name 'dense_1'"))
        }
    }

    @Test func n35_namesFollowTheOrderOfTrackingNotOfCalls() throws {
        try inBothModes { world in
            let shared = try MyNetwork()
            let first = try Chain([shared, MyNetwork()], named: "FirstNetwork")
            let second = try Chain([shared, MyNetwork()], named: "SecondNetwork")
            #expect(try shared.name == "my_network")
            _ = try second(world.one)
            #expect(!first.isBuilt)
            #expect(try first.name == "first_network")
            _ = try first(world.one)
            #expect(
                first.variableNames
                    == ["first_network/my_network/dense/kernel:0", "first_network/my_network_1/dense/kernel:0"])
            #expect(
                second.variableNames
                    == ["first_network/my_network/dense/kernel:0", "second_network/my_network/dense/kernel:0"])
        }
    }

    @Test func n36_layersMayBeTrackedAfterTheCall() throws {
        try inBothModes { world in
            let net = try Sequential([Dense(1, usesBias: false)])
            _ = try net(world.one)
            let (second, third) = (Dense(1, usesBias: false), Dense(1, usesBias: false))
            try net.add(second)
            try net.add(third)
            #expect(try [second.name, third.name] == ["dense_1", "dense_2"])
            #expect(net.variables.count == 1)
            _ = try net(world.one)
            #expect(
                net.variableNames
                    == ["sequential/dense/kernel:0", "sequential/dense_1/kernel:0", "sequential/dense_2/kernel:0"])
            for variable in net.variables { try variable.fill(3) }
            #expect(try world.values(net(world.one)) == [27])
        }
    }

    @Test func n36_aLayerTrackedLateAndCalledByItselfStaysWhereItWasCalled() throws {
        try inBothModes { world in
            let net = try MyNetwork()
            _ = try net(world.one)
            let late = try net.trackLayer(Dense(1, usesBias: false))
            _ = try late(world.one)
            #expect(net.variableNames == ["my_network/dense/kernel:0", "dense/kernel:0"])
        }
    }
}
