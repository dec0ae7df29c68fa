import Formats
import Operators
import TensorCore

/// An orthogonal matrix: what is left of a normal one when all but directions is taken out. All axes but the last are one.
///
/// - Throws: ValueError for a variable of less than two axes.
/// - Source: Saxe, McClelland and Ganguli (2013); tf.orthogonal_initializer (TensorFlow 1.8).
public struct Orthogonal: Initializer {
    public let gain: Double
    public let seed: UInt64?

    public init(gain: Double = 1, seed: UInt64? = nil) {
        self.gain = gain
        self.seed = seed
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        guard shape.rank >= 2 else {
            throw LayerError(.value, "The tensor to initialize must be at least two-dimensional, but it is \(shape)")
        }
        let columns = shape[shape.rank - 1]
        let rows = shape.dropLast().elementCount
        guard rows > 0, columns > 0 else { return try Tensor.zeros(shape, dtype) }
        let (long, short) = (max(rows, columns), min(rows, columns))
        let normal = try Operators.randomNormal(
            Shape(checking: [long, short]), mean: 0, deviation: 1, dtype: .float64, key: random.seeded(seed).tensor)
        let q = Tensor([long, short], orthonormalColumns(of: normal.scalars(Double.self), rows: long, columns: short))
        let matrix = rows < columns ? try transpose(q) : q
        return try cast(reshape(matrix * gain, shape.extents), to: dtype)
    }

    public var namedConfiguration: NamedConfiguration? {
        .initializer("Orthogonal", [("gain", .double(gain)), ("seed", .seed(seed))])
    }
}

extension Initializer where Self == Orthogonal {
    public static func orthogonal(gain: Double = 1, seed: UInt64? = nil) -> Orthogonal {
        Orthogonal(gain: gain, seed: seed)
    }
}

/// The factor Q of the QR factorisation whose R has no negative number on its diagonal, by Householder reflections.
///
/// - Parameter matrix: `[rows, columns]` row by row, at least as many rows as columns.
/// - Source: Golub and Van Loan, *Matrix Computations* (2013), §5.2. Rows are worked on whole, so that loops run along memory.
func orthonormalColumns(of matrix: [Double], rows: Int, columns: Int) -> [Double] {
    var rest = matrix
    var reflections: [Householder] = []
    var q = [Double](repeating: 0, count: rows * columns)
    for column in 0..<columns {
        let reflection = Householder((column..<rows).map { rest[$0 * columns + column] }, firstRow: column)
        reflection.apply(to: &rest, columns: columns, from: column + 1)
        q[column * columns + column] = reflection.keepsSign ? 1 : -1
        reflections.append(reflection)
    }
    for (column, reflection) in reflections.enumerated().reversed() {
        reflection.apply(to: &q, columns: columns, from: column)
    }
    return q
}

/// A reflection that leaves of a vector its first element only: `x − scale · v (vᵀ x)` on the rows from the first on.
private struct Householder {
    private var v: [Double]
    private let scale: Double
    private let firstRow: Int
    /// Whether what is left of the vector is positive.
    let keepsSign: Bool

    init(_ vector: [Double], firstRow: Int) {
        let squares = vector.reduce(0) { $0 + $1 * $1 }
        // The sign that does not cancel.
        let left = vector[0] < 0 ? squares.squareRoot() : -squares.squareRoot()
        v = vector
        v[0] -= left
        let length = v.reduce(0) { $0 + $1 * $1 }
        scale = length > 0 ? 2 / length : 0
        keepsSign = left >= 0
        self.firstRow = firstRow
    }

    /// Reflects the columns from `first` on of a matrix that lies row by row.
    func apply(to matrix: inout [Double], columns: Int, from first: Int) {
        guard first < columns else { return }
        let width = columns - first
        matrix.withUnsafeMutableBufferPointer { matrix in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
                sums.initialize(repeating: 0)
                for (row, factor) in v.enumerated() {
                    let start = (firstRow + row) * columns + first
                    for column in 0..<width { sums[column] += factor * matrix[start + column] }
                }
                for (row, factor) in v.enumerated() {
                    let (start, factor) = ((firstRow + row) * columns + first, factor * scale)
                    for column in 0..<width { matrix[start + column] -= factor * sums[column] }
                }
            }
        }
    }
}
