import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct ActivationLayersTests {
    private let x = Tensor([1, 4], [-2, -0.5, 0.5, 2])

    @Test func bendAsTheirFormulasSay() throws {
        #expect(try ReLU(maximum: 1, slope: 0.5, threshold: 0)(x).values == [-1, -0.25, 0.5, 1])
        #expect(try ReLU(threshold: 1)(x).values == [0, 0, 0, 2])
        #expect(try LeakyReLU(slope: 0.25)(x).values == [-0.5, -0.125, 0.5, 2])
        #expect(try ThresholdedReLU(threshold: 1)(x).values == [0, 0, 0, 2])
        let alpha = try PReLU(initializer: .constant(0.5))(x)
        #expect(alpha.values == [-1, -0.25, 0.5, 2])
        #expect(agree(try Softmax()(Tensor([1, 2], [0, 0])), [0.5, 0.5]))
        #expect(agree(try Softmax(axes: [1, 2])(Tensor([1, 2, 2], [1, 1, 1, 1])), [0.25, 0.25, 0.25, 0.25]))
    }

    @Test func maskedPlacesGetNoShare() throws {
        let mask = Tensor([1, 2], [true, false])
        #expect(try Softmax()(Tensors(Tensor([1, 2], [0, 9])), CallOptions(mask: mask))[0].values == [1, 0])
    }

    @Test func sharedAxesHaveOneSlope() throws {
        let layer = PReLU(sharedAxes: [1])
        _ = try layer(sample([2, 3, 4]))
        #expect(layer.variables.map(\.shape) == [[1, 4]])
    }

    @Test(arguments: [
        "linear", "relu", "tanh", "sigmoid", "hard_sigmoid", "softmax", "log_softmax", "relu6", "crelu", "leaky_relu",
        "elu", "selu", "softplus", "softsign", "swish", "silu", "gelu", "mish", "exponential", "log_sigmoid",
    ])
    func everyActivationHasAName(name: String) throws {
        let json: JSONValue = ["class_name": "Activation", "config": ["activation": .string(name)]]
        let layer = try withFreshNames { try LayerCatalog.layer(json, path: "layer") }
        #expect(try layer.configuration()["config"]?["activation"]?.string == name)
        #expect(try layer(x).values.allSatisfy { $0.isFinite })
    }
}
