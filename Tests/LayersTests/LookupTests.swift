import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 8 of the rules: looking layers up.
struct LookupTests {
    @Test func n120_layersAreFoundByIndexInTheOrderOfTracking() throws {
        try inBothModes { _ in
            let net = try TwoLayerNetwork()
            #expect(try net.getLayer(index: 0) === net.layerOne)
            #expect(try net.getLayer(index: 1) === net.layerTwo)
            #expect(try net.getLayer(index: -1) === net.layerTwo)
            #expect(
                performing: { try net.getLayer(index: 2) },
                throws: key(.value, "Was asked to retrieve layer at index 2 but model only has 2 layers."))
            #expect(performing: { try net.getLayer(index: -3) }, throws: key(.value, "Was asked to retrieve layer"))
        }
    }

    @Test func n121_theFirstLayerOfANameIsFound() throws {
        try inBothModes { world in
            let owner = try ParentNetwork()
            _ = try owner(world.one)
            let sharer = try ParentNetwork(owner.first)
            #expect(try sharer.getLayer(name: "my_network") === owner.first)
            #expect(performing: { try sharer.getLayer(name: "nope") }, throws: key(.value, "No such layer: nope"))
            #expect(
                performing: { try sharer.getLayer(name: "") },
                throws: key(.value, "Provide either a layer name or layer index."))
        }
    }

    @Test func n122_oneOfNameAndIndexMustBeGiven() throws {
        try inBothModes { _ in
            let net = try TwoLayerNetwork()
            #expect(try net.getLayer(name: nil, index: 0) === net.layerOne)
            #expect(try net.getLayer(name: "dense_1", index: nil) === net.layerTwo)
            #expect(
                performing: { try net.getLayer(name: "dense", index: 0) },
                throws: key(.value, "Exactly one of 'index' or 'name' must be provided"))
            for name in [nil, ""] as [String?] {
                #expect(
                    performing: { try net.getLayer(name: name, index: nil) },
                    throws: key(.value, "Provide either a layer name or layer index."))
            }
        }
    }

    @Test func n123_layersAreListedInTheOrderOfTrackingSharedOnesToo() throws {
        try inBothModes { _ in
            let shared = Dense(1)
            let owner = try Chain([shared])
            let layers = [Dense(1), shared, try MyNetwork()]
            #expect(try Chain(layers).layers.elementsEqual(layers, by: ===))
            #expect(owner.layers.count == 1)
        }
    }
}
