import Operators
import TensorCore

/// LSTM and GRU over sequences of 64 steps, in milliseconds, on one thread and on two, forward and with all gradients.
enum Recurrences {
    static func rows() throws -> [Row] {
        var rows: [Row] = []
        for (units, inputs, batch) in [(256, 128, 1), (256, 128, 32), (128, 64, 64)] {
            let x = try Tensor(repeating: 0.1, [batch, 64, inputs])
            for (name, gates) in [("LSTM", 4), ("GRU", 3)] {
                let kernel = try Tensor(repeating: 0.01, [inputs, gates * units])
                let recurrent = try Tensor(repeating: 0.02, [units, gates * units])
                let bias = try Tensor(repeating: 0.03, gates == 4 ? [4 * units] : [2, 3 * units])
                func forward() throws -> Tensor {
                    gates == 4
                        ? try lstm(x, kernel: kernel, recurrent: recurrent, bias: bias).outputs
                        : try gru(x, kernel: kernel, recurrent: recurrent, bias: bias, resetsAfter: true).outputs
                }
                let dy = try forward()
                for threads in [1, 2] {
                    ComputePool.shared.threads = threads
                    let time = try Measurement.secondsPerCall(runs: 5, clock: .forThreads(threads)) {
                        _ = try forward()
                    }
                    let label = "\(name)(\(units)) batch \(batch)"
                    rows.append(Row(name: "\(label), forward, \(threads)t", value: time * 1e3, unit: "ms"))
                    let all = try Measurement.secondsPerCall(runs: 5, clock: .forThreads(threads)) {
                        let tape = GradientTape()
                        for source in [kernel, recurrent, bias] { tape.watch(source) }
                        let y = try tape.record { try forward() }
                        _ = try tape.gradient(
                            of: [y], withRespectTo: [kernel, recurrent, bias], outputGradients: [dy])
                    }
                    rows.append(Row(name: "\(label), with gradients, \(threads)t", value: all * 1e3, unit: "ms"))
                }
            }
        }
        ComputePool.shared.threads = ComputePool.cores
        return rows
    }
}
