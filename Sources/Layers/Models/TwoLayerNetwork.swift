import TensorCore

/// The network of the documentation: sixteen units on eight inputs, then one.
///
/// It is compiled into every server, under this name.
public final class TwoLayerNetwork: Network {
    public let layerOne = Dense(16, inputShape: [8])
    public let layerTwo = Dense(1, inputShape: [16])

    public override init(name: String? = nil) throws {
        try super.init(name: name)
        try trackLayers(layerOne, layerTwo)
    }

    public override var treatsExamplesAlone: Bool { true }

    public override func emptyCopy() throws -> Layer { try TwoLayerNetwork(name: givenName) }

    public override func call(_ inputs: Tensor) throws -> Tensor {
        try layerTwo(layerOne(inputs))
    }
}
