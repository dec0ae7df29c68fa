import Foundation
import Layers
import Operators
import TensorCore
import TestSupport

/// Recurrent steps written out number by number, to hold the layers against.
struct SlowRecurrence {
    let kernel: [[Double]]
    let recurrent: [[Double]]
    let bias: [[Double]]

    /// The weights of a layer or cell, in double precision.
    init(_ layer: Layer) throws {
        func rows(_ tensor: Tensor) throws -> [[Double]] {
            let numbers = try cast(tensor, to: .float64).scalars(Double.self)
            let columns = tensor.shape.last ?? 1
            return stride(from: 0, to: numbers.count, by: columns).map { Array(numbers[$0..<$0 + columns]) }
        }
        let values = try layer.variables.map { try rows($0.value) }
        (kernel, recurrent, bias) = (values[0], values[1], values.count > 2 ? values[2] : [])
    }

    private func product(_ x: [Double], _ matrix: [[Double]]) -> [Double] {
        matrix[0].indices.map { column in x.indices.reduce(0) { $0 + x[$1] * matrix[$1][column] } }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// h and c after a step of an LSTM.
    func lstm(_ x: [Double], _ h: [Double], _ c: [Double]) -> (h: [Double], c: [Double]) {
        let units = h.count
        let (input, state) = (product(x, kernel), product(h, recurrent))
        let sums = input.indices.map { input[$0] + state[$0] + bias[0][$0] }
        var (next, cells) = (h, c)
        for unit in 0..<units {
            cells[unit] =
                sigmoid(sums[units + unit]) * c[unit] + sigmoid(sums[unit]) * tanh(sums[2 * units + unit])
            next[unit] = sigmoid(sums[3 * units + unit]) * tanh(cells[unit])
        }
        return (next, cells)
    }

    /// h after a step of a GRU whose reset gate comes after the product.
    func gru(_ x: [Double], _ h: [Double]) -> [Double] {
        let units = h.count
        let (input, state) = (product(x, kernel), product(h, recurrent))
        return (0..<units).map { unit in
            func gate(_ number: Int) -> Double {
                let place = number * units + unit
                return sigmoid(input[place] + bias[0][place] + state[place] + bias[1][place])
            }
            let place = 2 * units + unit
            let third = tanh(input[place] + bias[0][place] + gate(1) * (state[place] + bias[1][place]))
            return gate(0) * h[unit] + (1 - gate(0)) * third
        }
    }

    /// h after a step of a simple recurrence.
    func simple(_ x: [Double], _ h: [Double]) -> [Double] {
        let (input, state) = (product(x, kernel), product(h, recurrent))
        return input.indices.map { tanh(input[$0] + state[$0] + bias[0][$0]) }
    }
}
