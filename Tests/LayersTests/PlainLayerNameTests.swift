import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Rule 96: what layers outside networks are called.
struct PlainLayerNameTests {
    @Test func n96_theNameCountsLayersTheScopeCountsCalls() throws {
        try inBothModes { world in
            let layers = (0..<3).map { _ in Dense(1) }
            _ = try layers[1](world.one)
            _ = try layers[0](world.one)
            #expect(try layers.map { try $0.name } == ["dense_1", "dense_2", "dense_3"])
            #expect(try [layers[1].scopeName, layers[0].scopeName] == ["dense", "dense_1"])
            #expect(performing: { try layers[2].scopeName }, throws: key(.value, #"the layer "dense_3" has not been"#))
        }
    }

    @Test func n96_explicitNamesMayBeEqualTheirScopesAreNot() throws {
        try inBothModes { world in
            let (first, second) = (Dense(1, name: "fc"), Dense(1, name: "fc"))
            _ = try first(world.one)
            _ = try second(world.one)
            #expect(try [first.name, second.name, first.scopeName, second.scopeName] == ["fc", "fc", "fc", "fc_1"])
        }
    }

    @Test func n96_theScopeIsTheOneAtTheCall() throws {
        try inBothModes { world in
            let dense = try variableScope("construction") { _ in Dense(1) }
            try variableScope("call") { _ in _ = try dense(world.one) }
            _ = try dense(world.one)
            #expect(dense.variableNames == ["call/dense/kernel:0", "call/dense/bias:0"])
        }
    }

    @Test func n96_aLayerMayBeGivenItsScope() throws {
        try inBothModes { world in
            let scope = try variableScope("given") { $0 }
            let dense = Dense(1)
            _ = try dense(Tensors(world.one), CallOptions(scope: scope))
            #expect(try dense.scopeName == "given")
            #expect(dense.variableNames == ["given/kernel:0", "given/bias:0"])
        }
    }
}
