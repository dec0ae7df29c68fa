import Formats
import Layers
import Operators
import TensorCore

/// Initializers: mean, deviation and bounds of what they draw, or the very numbers where nothing is drawn.
func runInitializers(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder, fields: InitializerCase.fields) { golden in
        let item = golden.item
        for dtype in [DType.float32, .float64] { try InitializerCase(item: item, dtype: dtype).run() }
    }
}

private struct InitializerCase {
    let item: JSONValue
    let dtype: DType

    static let fields: Set<String> = [
        "initializer", "config", "shape", "fan_in", "fan_out", "expected_mean", "expected_std", "support", "n",
        "measured_mean", "measured_std", "measured_min", "measured_max", "property", "gram_equals",
        "measured_max_gram_error", "value",
    ]

    func run() throws {
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
        if let spread = item["expected_std"]?.double {
            let error = 5 * spread / Double(numbers.count).squareRoot()
            let expected = item["expected_mean"]?.double ?? 0
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
        if let gram = item["gram_equals"] {
            guard gram.string == "gain^2 * identity" else { throw GoldenFailure("gram_equals is unknown: \(gram)") }
            try checkOrthogonal(numbers, shape)
        }
        if let value = item["value"] {
            guard numbers == flat(value) else { throw GoldenFailure("it is \(numbers), not \(value)") }
        }
    }

    /// The numbers of nested arrays in order.
    private func flat(_ value: JSONValue) -> [Double] { value.array?.flatMap(flat) ?? [value.double ?? .nan] }

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
}
