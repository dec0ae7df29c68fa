import Layers
import Operators
import TensorCore

/// Convolutions of sequences and images written out sum by sum, to hold the layers against.
struct SlowConvolution {
    var strides = 1
    var dilation = 1
    var isSame = false
    var groups = 1

    /// Outputs and what lies before the image along an axis.
    private func places(_ extent: Int, _ kernel: Int) -> (count: Int, before: Int) {
        let reach = (kernel - 1) * dilation + 1
        guard isSame else { return ((extent - reach) / strides + 1, 0) }
        let count = (extent + strides - 1) / strides
        return (count, Swift.max((count - 1) * strides + reach - extent, 0) / 2)
    }

    /// - Parameters:
    ///   - x: `[batch, rows, columns, channels]`.
    ///   - kernel: `[rows, columns, channels / groups, filters]`.
    func image(_ x: Tensor, _ kernel: Tensor) -> [Double] {
        let (k, n) = (kernel.values.map(Double.init), x.values.map(Double.init))
        let (rows, columns) = (places(x.shape[1], kernel.shape[0]), places(x.shape[2], kernel.shape[1]))
        let (inputs, filters) = (kernel.shape[2], kernel.shape[3])
        var result: [Double] = []
        for batch in 0..<x.shape[0] {
            for row in 0..<rows.count {
                for column in 0..<columns.count {
                    for filter in 0..<filters {
                        let first = filter / (filters / groups) * inputs
                        var sum = 0.0
                        for i in 0..<kernel.shape[0] {
                            for j in 0..<kernel.shape[1] {
                                let r = row * strides + i * dilation - rows.before
                                let c = column * strides + j * dilation - columns.before
                                guard (0..<x.shape[1]).contains(r), (0..<x.shape[2]).contains(c) else { continue }
                                for channel in 0..<inputs {
                                    let at = ((batch * x.shape[1] + r) * x.shape[2] + c) * x.shape[3] + first + channel
                                    let weight = ((i * kernel.shape[1] + j) * inputs + channel) * filters + filter
                                    sum += n[at] * k[weight]
                                }
                            }
                        }
                        result.append(sum)
                    }
                }
            }
        }
        return result
    }

    /// The gradient of ``image(_:_:)`` by its input, which is a transposed convolution: every output spreads over its window.
    func spread(_ y: Tensor, _ kernel: Tensor, rows: Int, columns: Int) -> [Double] {
        let (k, n) = (kernel.values.map(Double.init), y.values.map(Double.init))
        let (outputs, inputs) = (kernel.shape[2], kernel.shape[3])
        var result = [Double](repeating: 0, count: y.shape[0] * rows * columns * outputs)
        let before = (places(rows, kernel.shape[0]).before, places(columns, kernel.shape[1]).before)
        for batch in 0..<y.shape[0] {
            for row in 0..<y.shape[1] {
                for column in 0..<y.shape[2] {
                    for i in 0..<kernel.shape[0] {
                        for j in 0..<kernel.shape[1] {
                            let (r, c) = (row * strides + i - before.0, column * strides + j - before.1)
                            guard (0..<rows).contains(r), (0..<columns).contains(c) else { continue }
                            for output in 0..<outputs {
                                for input in 0..<inputs {
                                    let from = ((batch * y.shape[1] + row) * y.shape[2] + column) * inputs + input
                                    let weight = ((i * kernel.shape[1] + j) * outputs + output) * inputs + input
                                    result[((batch * rows + r) * columns + c) * outputs + output] += n[from] * k[weight]
                                }
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
