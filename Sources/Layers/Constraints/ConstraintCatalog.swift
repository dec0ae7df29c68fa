import Formats

/// The constraints that a model's JSON may name.
public enum ConstraintCatalog {
    private typealias Maker = @Sendable (NamedFunction) throws -> any Constraint

    private static let makers: [String: Maker] = [
        "max_norm": {
            .maxNorm(try $0.number("max_value", default: 2), axes: try $0.integers("axis", default: [0]))
        },
        "non_neg": { _ in .nonNeg },
        "unit_norm": { .unitNorm(axes: try $0.integers("axis", default: [0])) },
        "min_max_norm": {
            .minMaxNorm(
                try $0.number("min_value", default: 0), try $0.number("max_value", default: 1),
                rate: try $0.number("rate", default: 1), axes: try $0.integers("axis", default: [0]))
        },
    ]

    /// The names of all constraints.
    public static var names: [String] { makers.keys.sorted() }

    /// Makes what a model's JSON names.
    ///
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func make(_ value: JSONValue, path: String) throws -> any Constraint {
        let function = try NamedFunction(value, path: path)
        // Old Keras wrote them without underscores too.
        let known = makers.merging(makers.map { ($0.key.filter { $0 != "_" }, $0.value) }) { maker, _ in maker }
        let constraint = try function.look(in: known, for: "constraint")(function)
        try function.finish()
        return constraint
    }
}
