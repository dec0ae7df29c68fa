import Formats
import TensorCore
import Training

/// Learning-rate schedules: the rate at each step, by number and as a tensor.
func runSchedules(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try runCases(manifest, folder, fields: ["function", "config", "steps", "values"]) { item in
        let schedule = try TrainingCatalog.schedule(
            ["class_name": .string(item.string("function")), "config": .object(item.config)], path: "schedule")
        let (steps, values) = (try item.array("steps"), try item.array("values"))
        guard steps.count == values.count, !steps.isEmpty else { throw GoldenFailure("has not a value for each step") }
        for (step, value) in zip(steps, values) {
            guard let step = step.integer, let value = value.double else { throw GoldenFailure("has no numbers") }
            // The rates are float32, a few units of whose last place may differ.
            for rate in try [schedule.rate(at: Int64(step)), schedule(Tensor([], [Int64(step)])).values[0]] {
                try expect(Tensor(rate), is: Tensor([], [value]), within: 5e-7, "the rate at step \(step)")
            }
        }
    }
}
