import Formats
import Operators
import TensorCore

/// Pushes the rows or the columns of a matrix apart: the mean of |cosine| over all pairs, times a factor.
///
/// - Throws: ValueError for a variable that is no matrix.
/// - Source: tf.keras.regularizers.OrthogonalRegularizer.
public struct OrthogonalRegularizer: Regularizer {
    public enum Mode: String, Sendable, CaseIterable {
        case rows, columns
    }

    public let factor: Double
    public let mode: Mode

    public init(factor: Double = 0.01, mode: Mode = .rows) {
        self.factor = factor
        self.mode = mode
    }

    public func callAsFunction(_ value: Tensor) throws -> Tensor? {
        guard value.rank == 2 else {
            throw LayerError(
                .value, "Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape=\(value.shape)")
        }
        let isRows = mode == .rows
        let vectors = try l2Normalize(value, axes: [isRows ? 1 : 0])
        let products =
            try isRows
            ? matmul(vectors, vectors, transposingRight: true) : matmul(vectors, vectors, transposingLeft: true)
        let size = value.shape[isRows ? 0 : 1]
        let others = try products * (1 - Tensor.identityMatrix(size, value.dtype))
        let pairs = Double(size * (size - 1)) / 2
        // Each pair is counted twice.
        return try sum(abs(others)) * (factor * 0.5 / max(pairs, 1))
    }

    public var namedConfiguration: NamedConfiguration? {
        .regularizer("OrthogonalRegularizer", [("factor", .double(factor)), ("mode", .string(mode.rawValue))])
    }
}

extension Regularizer where Self == OrthogonalRegularizer {
    public static func orthogonal(
        factor: Double = 0.01, mode: OrthogonalRegularizer.Mode = .rows
    ) -> OrthogonalRegularizer { OrthogonalRegularizer(factor: factor, mode: mode) }
}
