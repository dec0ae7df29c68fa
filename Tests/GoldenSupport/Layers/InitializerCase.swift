import Formats
import Layers
import Operators
import TensorCore

/// Initializers: mean, deviation and bounds of what they draw, or the very numbers where nothing is drawn.
func runInitializers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder) { golden in
        let item = golden.item
        for dtype in [DType.float32, .float64] { try InitializerCase(item: item, dtype: dtype).run() }
    }
}

private struct InitializerCase {
    let item: JSONValue
    let dtype: DType

    private static let fields: Set<String> = [
        "id", "initializer", "config", "shape", "fan_in", "fan_out", "expected_mean", "expected_std", "support", "n",
        "measured_mean", "measured_std", "measured_min", "measured_max", "orthogonality", "note", "property",
        "expected_value", "matrix", "max_abs_error_of_gram", "gram_max_abs_error", "gain", "rows", "cols",
    ]

    func run() throws {
        if let unknown = item.object?.keys.first(where: { !InitializerCase.fields.contains($0) }) {
            throw GoldenFailure("there is an unknown field '\(unknown)'")
        }
        guard let name = item["initializer"], let extents = item["shape"]?.array?.compactMap(\.integer) else {
            throw GoldenFailure("the case names no initializer or no shape")
        }
        let initializer = try InitializerCatalog.make(
            ["class_name": name, "config": item["config"] ?? [:]], path: "initializer")
        let shape = try Shape(checking: extents)
        let value = try initializer(shape, dtype, RandomStream(key: 11), fullShape: shape)
        let numbers = try cast(value, to: .float64).scalars(Double.self)
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot()
        if let expected = item["expected_mean"]?.double, let spread = item["expected_std"]?.double {
            let error = 5 * spread / Double(numbers.count).squareRoot()
            // A float's rounding of the number itself.
            guard abs(mean - expected) <= error + 1e-6 * max(1, abs(expected)) else {
                throw GoldenFailure("the mean is \(mean), not \(expected)")
            }
            // Of few numbers the deviation is less certain: its own is about 1 / √(2n), more for heavy tails.
            let relative = max(0.02, 5 / (2 * Double(numbers.count)).squareRoot())
            guard abs(deviation - spread) <= relative * spread + 1e-9 else {
                throw GoldenFailure("the deviation is \(deviation), not \(spread)")
            }
        }
        if let support = item["support"]?.array?.map({ $0.double }), support.count == 2 {
            let slack = 1e-6
            let low = (support[0] ?? -.infinity) - slack * abs(support[0] ?? 0)
            let high = (support[1] ?? .infinity) + slack * abs(support[1] ?? 0)
            guard numbers.allSatisfy({ $0 >= low && $0 <= high }) else {
                throw GoldenFailure("some numbers lie outside \(low)…\(high)")
            }
        }
        let kind = name.string ?? ""
        if kind.lowercased().hasPrefix("orthogonal") { try checkOrthogonal(numbers, shape) }
        if kind.lowercased() == "identity" { try checkIdentity(numbers, shape) }
    }

    private var gain: Double { item["config"]?["gain"]?.double ?? 1 }

    /// That the shorter side is orthogonal: MᵀM = gain² I, or M Mᵀ.
    private func checkOrthogonal(_ numbers: [Double], _ shape: Shape) throws {
        let columns = shape[shape.rank - 1]
        let rows = shape.dropLast().elementCount
        let matrix = Tensor([rows, columns], numbers)
        let products =
            try rows >= columns
            ? matmul(matrix, matrix, transposingLeft: true) : matmul(matrix, matrix, transposingRight: true)
        let wanted = try Tensor.identityMatrix(min(rows, columns), .float64) * (gain * gain)
        let error = try max(abs(products - wanted)).scalars(Double.self)[0]
        guard error < 1e-5 * max(1, gain * gain) else {
            throw GoldenFailure("the columns are orthogonal but for \(error)")
        }
    }

    private func checkIdentity(_ numbers: [Double], _ shape: Shape) throws {
        let isIdentity = numbers.enumerated().allSatisfy { index, number in
            number == (index / shape[1] == index % shape[1] ? gain : 0)
        }
        guard isIdentity else { throw GoldenFailure("it is not \(gain) on the diagonal and 0 elsewhere") }
    }
}
