import Strata

/// The network of the documentation: sixteen units on eight inputs, then one.
final class TwoLayerNetwork: Network {
    let layerOne = Dense(16, inputShape: [8])
    let layerTwo = Dense(1, inputShape: [16])

    override init(name: String? = nil) throws {
        try super.init(name: name)
        try trackLayers(layerOne, layerTwo)
    }

    override func call(_ inputs: Tensor) throws -> Tensor { try layerTwo(layerOne(inputs)) }
}
