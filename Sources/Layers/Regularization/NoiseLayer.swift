import Operators
import TensorCore

/// What layers that disturb their input while the network trains have in common.
public class NoiseLayer: StatelessLayer {
    /// What the noise follows from; nil for the context's random numbers.
    public let seed: UInt64?
    /// Draws one key after the other from the seed.
    private let generator: RandomGenerator?

    init(seed: UInt64?, name: String?) {
        self.seed = seed
        generator = seed.map { RandomGenerator(seed: $0) }
        super.init(layerName: name)
    }

    override init(_ configuration: LayerConfiguration) throws {
        seed = try configuration.seed()
        generator = seed.map { RandomGenerator(seed: $0) }
        try super.init(configuration)
    }

    public override func writeSettings(_ settings: inout LayerSettings) { settings.set("seed", json: .seed(seed)) }

    public override var accepts: CallArguments { .training }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = try inputs.single(for: self)
        guard options.training ?? false else { return inputs }
        return Tensors(try disturb(x, key: randomKey(from: generator)))
    }

    /// The input with noise.
    func disturb(_ x: Tensor, key: Tensor) throws -> Tensor { x }
}

extension LayerConfiguration {
    /// A probability below 1, or up to 1.
    func rate(_ key: String = "rate", default standard: Double? = nil, includingOne: Bool = true) throws -> Double {
        guard let rate = try numberIfGiven(key) ?? standard else {
            throw LayerError(.value, "\(className) needs \(path).\(key)")
        }
        guard rate >= 0, includingOne ? rate <= 1 : rate < 1 else {
            throw wrongValue(key, includingOne ? "from 0 to 1" : "from 0 to below 1")
        }
        return rate
    }
}
