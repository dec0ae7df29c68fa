import Formats
import Layers
import Operators
import TensorCore

/// Dropout: nothing happens when the network does not train; when it does, as many elements go as should, and the others are
/// scaled up.
func runDropout(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    let fields: Set<String> = [
        "api", "layer", "config", "input", "inference_output", "kept_value_multiplier", "expected_zero_fraction",
        "expected_mean_multiplier", "n", "measured_zero_fraction", "measured_mean", "distinct_values",
    ]
    return try runCases(manifest, folder, fields: fields) { golden in
        let (item, tensors) = (golden.item, golden.tensors)
        func number(_ field: String) throws -> Double {
            guard let number = item[field]?.double else { throw GoldenFailure("the case has no \(field)") }
            return number
        }
        let x = try tensors.tensor(item["input"]?.string ?? "")
        let layer = try LayerCatalog.layer(
            ["class_name": item["layer"] ?? nil, "config": item["config"] ?? nil], path: "layer")
        let calm = try tensors.tensor(item["inference_output"]?.string ?? "")
        guard try layer(x).values == calm.values, try layer(x, training: false).values == calm.values else {
            throw GoldenFailure("the output without training is another")
        }
        // The statistics are those of many elements, in the shape that the noise asks for.
        let count = item["n"]?.integer ?? 0
        var extents = item["config"]?["noise_shape"]?.array?.map { $0.integer ?? 1 } ?? [count]
        let product = extents.reduce(1, *)
        if let axis = extents.firstIndex(of: 1), product > 0 { extents[axis] = count / product }
        let many = try Tensor.ones(Shape(checking: extents))
        guard count >= 1000, many.elementCount == count else {
            throw GoldenFailure("n is \(count), which is too few or no multiple of the noise shape")
        }
        let plan = try Plan(
            tracing: [many.spec.with(many.shape.replacing(0, with: Shape.unknown))], in: VariableStore()
        ) {
            try layer(Tensors($0), CallOptions(training: true)).array
        }
        let runs = try withRandomGenerator(RandomGenerator(seed: 7)) {
            [try layer(many, training: true), try plan.run([many], on: plan.store.lease())[0]]
        }
        let (multiplier, fraction) = (try number("kept_value_multiplier"), try number("expected_zero_fraction"))
        // Where some fates are shared, so many are independent.
        let draws = Double(item["config"]?["noise_shape"]?.array == nil ? count : product)
        let deviation = (fraction * (1 - fraction) / draws).squareRoot()
        for y in runs {
            let factors = y.values.map(Double.init)
            guard factors.allSatisfy({ $0 == 0 || abs($0 / multiplier - 1) < 1e-6 }) else {
                throw GoldenFailure("some elements are neither gone nor scaled by \(multiplier)")
            }
            let gone = Double(factors.filter { $0 == 0 }.count) / Double(factors.count)
            // Five deviations happen once in two million draws.
            guard abs(gone - fraction) <= 5 * deviation else {
                throw GoldenFailure("\(gone) of the elements are gone, not \(fraction)")
            }
            let mean = factors.reduce(0, +) / Double(factors.count)
            guard abs(mean - (try number("expected_mean_multiplier"))) <= 5 * deviation * multiplier + 1e-6 else {
                throw GoldenFailure("the mean multiplier is \(mean)")
            }
        }
    }
}
