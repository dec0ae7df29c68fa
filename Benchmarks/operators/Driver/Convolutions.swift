import Operators
import TensorCore

/// Convolutions forward and back, in milliseconds, on one thread and on two. The layers are those of LeNet on 64 images and
/// of ResNet-50 on eight.
enum Convolutions {
    struct Layer {
        let name: String
        let batch: Int
        let inputs: Int
        let outputs: Int
        let kernel: Int
        let stride: Int
        let extent: Int
        var padding = WindowPadding.same
    }

    static let layers: [Layer] = [
        Layer(name: "LeNet 1->6 5x5", batch: 64, inputs: 1, outputs: 6, kernel: 5, stride: 1, extent: 28),
        Layer(
            name: "LeNet 6->16 5x5", batch: 64, inputs: 6, outputs: 16, kernel: 5, stride: 1, extent: 14,
            padding: .valid),
        Layer(name: "stem 3->64 7x7/2", batch: 8, inputs: 3, outputs: 64, kernel: 7, stride: 2, extent: 224),
        Layer(name: "64->64 3x3", batch: 8, inputs: 64, outputs: 64, kernel: 3, stride: 1, extent: 56),
        Layer(name: "256->64 1x1", batch: 8, inputs: 256, outputs: 64, kernel: 1, stride: 1, extent: 56),
        Layer(name: "128->128 3x3", batch: 8, inputs: 128, outputs: 128, kernel: 3, stride: 1, extent: 28),
        Layer(name: "256->256 3x3", batch: 8, inputs: 256, outputs: 256, kernel: 3, stride: 1, extent: 14),
        Layer(name: "512->512 3x3", batch: 8, inputs: 512, outputs: 512, kernel: 3, stride: 1, extent: 7),
        Layer(name: "128->128 3x3, one image", batch: 1, inputs: 128, outputs: 128, kernel: 3, stride: 1, extent: 28),
    ]

    static func rows() throws -> [Row] {
        var rows: [Row] = []
        for layer in layers {
            let x = try Tensor(repeating: 0.1, [layer.batch, layer.extent, layer.extent, layer.inputs])
            let kernel = try Tensor(repeating: 0.2, [layer.kernel, layer.kernel, layer.inputs, layer.outputs])
            func forward() throws -> Tensor {
                try convolution(
                    x, kernel, strides: [layer.stride, layer.stride], padding: layer.padding)
            }
            let dy = try forward()
            for threads in [1, 2] {
                ComputePool.shared.threads = threads
                let time = try Measurement.secondsPerCall(runs: 5, clock: .forThreads(threads)) { _ = try forward() }
                rows.append(Row(name: "\(layer.name), forward, \(threads)t", value: time * 1e3, unit: "ms"))
                let tape = GradientTape(persistent: true)
                tape.watch(x)
                tape.watch(kernel)
                let y = try tape.record { try forward() }
                let back = try Measurement.secondsPerCall(runs: 5, clock: .forThreads(threads)) {
                    _ = try tape.gradient(of: [y], withRespectTo: [x, kernel], outputGradients: [dy])
                }
                rows.append(Row(name: "\(layer.name), backward, \(threads)t", value: back * 1e3, unit: "ms"))
            }
        }
        ComputePool.shared.threads = ComputePool.cores
        return rows
    }
}
