import Operators
import TensorCore
import TestSupport
import Testing

@testable import Layers

final class MyNetwork: Network {
    let dense = Dense(1, usesBias: false)

    override init(name: String? = nil) throws {
        try super.init(name: name)
        try trackLayer(dense)
    }

    override func call(_ inputs: Tensor) throws -> Tensor { try dense(inputs) }
}

/// Runs `body` in a world of names of its own.
func withFreshNames<Result>(_ body: () throws -> Result) throws -> Result {
    try Context(names: NameRegistry(seed: 1).names()).bind(body)
}

func key(_ kind: ErrorKind, _ phrase: String) -> @Sendable (any Error) -> Bool {
    { error in
        guard let error = error as? any ReferenceError else { return false }
        return error.kind == kind && error.description.contains(phrase)
    }
}

struct NetworkNamingTests {
    let one = Tensor([1, 1], [1])

    @Test func n74_theDocumentationsNetworkHasTheDocumentedVariables() throws {
        try withFreshNames {
            let net = try TwoLayerNetwork(name: "net")
            _ = try net(Tensor.ones([1, 8]))
            #expect(
                net.variables.map(\.name)
                    == ["net/dense/kernel:0", "net/dense/bias:0", "net/dense_1/kernel:0", "net/dense_1/bias:0"])
            #expect(try net.countParams() == 161)
        }
    }

    @Test func n04_anAnonymousNetworkHasNoNameUntilItIsCalled() throws {
        try withFreshNames {
            let net = try MyNetwork()
            #expect(performing: { try net.name }, throws: key(.value, "does not yet have a final name"))
            _ = try net(one)
            #expect(try net.name == "my_network")
        }
    }

    @Test func n08_anonymousNetworksAreNumberedInTheOrderOfTheirFirstCall() throws {
        try withFreshNames {
            let (first, second) = (try MyNetwork(), try MyNetwork())
            _ = try second(one)
            _ = try first(one)
            #expect(try [first.name, second.name] == ["my_network_1", "my_network"])
        }
    }

    @Test func n13_aSecondNetworkOfANameFailsAtItsCall() throws {
        try withFreshNames {
            _ = try MyNetwork(name: "foo")(one)
            let second = try MyNetwork(name: "foo")
            #expect(
                performing: { _ = try second(one) },
                throws: key(.value, "already exists (or a variable_scope was created"))
        }
    }

    @Test func n02_aNameMayHoldNoSlash() {
        #expect(performing: { try MyNetwork(name: "a/b") }, throws: key(.value, "are not allowed in Network names"))
    }

    @Test func n43_aNetworkWhoseParentIsGoneBecomesTopLevelUnderTheNameItWasGiven() throws {
        try withFreshNames {
            var parent: Network? = try Network()
            let child = try MyNetwork()
            try parent?.trackLayer(child)
            parent = nil
            _ = try child(one)
            #expect(child.variables.map(\.name) == ["my_network/dense/kernel:0"])
        }
    }

    @Test func n42_aLayerWhoseOwnerIsGoneCannotBeNamed() throws {
        try withFreshNames {
            let dense = Dense(1)
            var owner: Network? = try Network()
            try owner?.trackLayer(dense)
            let sharer = try Network(name: "sharer")
            try sharer.trackLayer(dense)
            owner = nil
            #expect(
                performing: { _ = try sharer(one) },
                throws: key(.value, "was garbage collected before the Layer was built"))
        }
    }

    @Test func n59_callingAgainMakesNothingTwice() throws {
        try withFreshNames {
            let net = try MyNetwork(name: "net")
            _ = try net(one)
            let before = net.variables
            _ = try net(one)
            #expect(zip(net.variables, before).allSatisfy { $0 === $1 } && net.variables.count == before.count)
        }
    }

    @Test func n57_anotherLastDimensionIsRefusedAndChangesNothing() throws {
        try withFreshNames {
            let net = try MyNetwork(name: "net")
            _ = try net(Tensor.ones([1, 8]))
            #expect(
                performing: { _ = try net(Tensor.ones([1, 7])) }, throws: key(.value, "is incompatible with the layer"))
            #expect(net.variables[0].shape == [8, 1])
        }
    }

    @Test func deletedNetworksLeaveNothingBehind() throws {
        try withFreshNames {
            weak var network: Network?
            weak var layer: Layer?
            weak var variable: Variable?
            do {
                let net = try MyNetwork(name: "net")
                _ = try net(one)
                (network, layer, variable) = (net, net.dense, net.variables[0])
            }
            #expect(network == nil && layer == nil && variable == nil)
        }
    }

    @Test func aModelsRegistryKeepsItsNamesToItself() throws {
        for _ in 0..<2 {
            try withFreshNames {
                let net = try MyNetwork()
                _ = try net(one)
                #expect(net.variables.map(\.name) == ["my_network/dense/kernel:0"])
            }
        }
    }
}
