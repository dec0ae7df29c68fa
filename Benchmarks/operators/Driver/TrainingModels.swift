import Strata

/// The networks that steps and calls are measured on; the peers' are the same, see `Benchmarks/training/peers.py`.
enum TrainingModels {
    static func tiny() throws -> Network { try Sequential([Dense(16, activation: .relu), Dense(1)]) }

    static func perceptron() throws -> Network {
        try Sequential([Dense(512, activation: .relu), Dense(512, activation: .relu), Dense(10)])
    }

    static func lenet() throws -> Network {
        try Sequential([
            Conv2D(6, 5, padding: .same, activation: .relu), MaxPooling2D(2),
            Conv2D(16, 5, activation: .relu), MaxPooling2D(2), Flatten(),
            Dense(120, activation: .relu), Dense(84, activation: .relu), Dense(10),
        ])
    }

    static func recurrent(_ units: Int) throws -> Network { try Sequential([LSTM(units), Dense(10)]) }

    /// ResNet-20 for images of 32 × 32, with convolutions of one pixel as shortcuts.
    static func resnet20() throws -> Network {
        var blocks: [any SequentialElement] = [
            Conv2D(16, 3, padding: .same, usesBias: false), BatchNormalization(), ReLU(),
        ]
        for (filters, stride) in [(16, 1), (32, 2), (64, 2)] {
            for block in 0..<3 { blocks.append(try ResidualBlock(filters, stride: block == 0 ? stride : 1)) }
        }
        return try Sequential(blocks + [GlobalAveragePooling2D(), Dense(10)])
    }
}

/// Two convolutions and what goes around them.
private final class ResidualBlock: Network {
    private let convolutions: [Conv2D]
    private let normalizations: [BatchNormalization]
    private let shortcut: (Conv2D, BatchNormalization)?

    init(_ filters: Int, stride: Int) throws {
        convolutions = [
            Conv2D(filters, 3, strides: WindowExtents([stride]), padding: .same, usesBias: false),
            Conv2D(filters, 3, padding: .same, usesBias: false),
        ]
        normalizations = [BatchNormalization(), BatchNormalization()]
        shortcut =
            stride > 1
            ? (Conv2D(filters, 1, strides: WindowExtents([stride]), usesBias: false), BatchNormalization()) : nil
        try super.init()
        for layer in convolutions { try trackLayer(layer) }
        for layer in normalizations { try trackLayer(layer) }
        if let shortcut { try trackLayers(shortcut.0, shortcut.1) }
    }

    override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        let x = inputs[0]
        func normalized(_ layer: BatchNormalization, _ x: Tensor) throws -> Tensor {
            try layer(x, training: options.training)
        }
        var y = try relu(normalized(normalizations[0], convolutions[0](x)))
        y = try normalized(normalizations[1], convolutions[1](y))
        let around = try shortcut.map { try normalized($0.1, $0.0(x)) } ?? x
        return Tensors(try relu(y + around))
    }
}
