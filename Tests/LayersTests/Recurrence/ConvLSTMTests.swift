import Formats
import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct ConvLSTMTests {
    private func layer(_ className: String, _ config: JSONValue) throws -> RecurrentLayer {
        let made = try withFreshNames {
            try LayerCatalog.layer(["class_name": .string(className), "config": config], path: "layer")
        }
        return try #require(made as? RecurrentLayer)
    }

    /// With windows of one place, every place is a sequence of its own.
    @Test func overSinglePlacesItIsAnLSTM() throws {
        let x = sample([2, 3, 2, 2, 3])
        let images = try layer(
            "ConvLSTM2D",
            ["filters": 2, "kernel_size": 1, "recurrent_activation": "sigmoid", "return_sequences": true])
        let y = try images(x)
        try fillUnevenly(images)
        let plain = LSTM(2, sequence: SequenceSettings(returnsSequences: true))
        _ = try plain(sample([1, 3, 3]))
        for (one, other) in zip(plain.variables, images.variables) {
            try one.assign(reshape(other.value, one.shape.extents))
        }
        let found = try images(x)
        #expect(found.shape == y.shape && y.shape == [2, 3, 2, 2, 2])
        for row in 0..<2 {
            for column in 0..<2 {
                let alone = try plain(slice(x, [.all, .all, .index(row), .index(column)]))
                let place = try slice(found, [.all, .all, .index(row), .index(column)])
                #expect(agree(place, alone.values.map(Double.init)))
            }
        }
    }

    @Test func windowsReachOver() throws {
        // One step, from a state of zeros: the gates are a convolution of the image.
        let x = sample([1, 1, 4, 5, 2])
        let made = try layer("ConvLSTM2D", ["filters": 1, "kernel_size": 3, "unit_forget_bias": false])
        _ = try made(x)
        #expect(made.variables.map(\.shape) == [[3, 3, 2, 4], [3, 3, 1, 4], [4]])
        let image = Tensor([1, 4, 5, 2], x.values)
        let gates = SlowConvolution().image(image, try made.variables[0].value)
        func hard(_ x: Double) -> Double { Swift.min(1, Swift.max(0, 0.2 * x + 0.5)) }
        func tangent(_ x: Double) throws -> Double { try tanh(Tensor(x)).scalars(Double.self)[0] }
        let expected = try stride(from: 0, to: gates.count, by: 4).map { start in
            try hard(gates[start + 3]) * tangent(hard(gates[start]) * tangent(gates[start + 2]))
        }
        #expect(agree(try made(x), expected))
    }

    @Test func aStateMustBeOfKnownExtents() throws {
        let made = try layer("ConvLSTM1D", ["filters": 1, "kernel_size": 2])
        #expect(
            performing: { try made.computeOutputShape([nil, nil, nil, 2]) }, throws: key(.value, "known extents"))
        #expect(try made.computeOutputShape([nil, nil, 5, 2]) == [nil, 4, 1])
        #expect(performing: { try made(sample([1, 2, 3])) }, throws: key(.value, "takes images of 1 known extents"))
    }
}
