import Operators
import TensorCore
import Training

/// What floors above name, without standing on the floor of training themselves.
public typealias Examples = Training.Examples
/// A figure under its name.
public typealias NamedNumber = Training.Logs.Entry

extension MetricGroup {
    /// Whether the metrics can be told of such targets and outputs: one example of zeros is tried on a copy.
    ///
    /// - Throws: what a metric throws when it does not fit.
    func check(targets: [TensorSpec], outputs: [TensorSpec]) throws {
        func zeros(_ specs: [TensorSpec]) throws -> [Tensor]? {
            let single = specs.map { $0.rank > 0 ? $0.with($0.shape.replacing(0, with: 1)) : $0 }
            return single.allSatisfy(\.shape.isKnown) ? try single.map { try Tensor.zeros($0.shape, $0.dtype) } : nil
        }
        guard let targets = try zeros(targets), let outputs = try zeros(outputs), let first = outputs.first else {
            return
        }
        var copy = self
        try copy.update(Examples(inputs: [first], targets: targets), outputs: outputs)
    }
}
