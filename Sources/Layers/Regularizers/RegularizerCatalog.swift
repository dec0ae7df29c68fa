import Formats

/// The regularizers that a model's JSON may name.
public enum RegularizerCatalog {
    private typealias Maker = @Sendable (NamedFunction) throws -> any Regularizer

    private static let makers: [String: Maker] = [
        "l1": { .l1(try $0.number("l1", default: 0.01)) },
        "l2": { .l2(try $0.number("l2", default: 0.01)) },
        "l1_l2": { .l1l2(try $0.number("l1", default: 0.01), try $0.number("l2", default: 0.01)) },
        "L1L2": { .l1l2(try $0.number("l1", default: 0), try $0.number("l2", default: 0)) },
        "orthogonal_regularizer": {
            .orthogonal(factor: try $0.number("factor", default: 0.01), mode: try $0.choice("mode", default: .rows))
        },
        "l1_regularizer": { .contribL1(try $0.number("scale", default: 0)) },
        "l2_regularizer": { .contribL2(try $0.number("scale", default: 0)) },
        "l1_l2_regularizer": {
            .contribL1L2(try $0.number("scale_l1", default: 1), try $0.number("scale_l2", default: 1))
        },
    ]

    /// The names of all regularizers.
    public static var names: [String] { makers.keys.sorted() }

    /// Makes what a model's JSON names.
    ///
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func make(_ value: JSONValue, path: String) throws -> any Regularizer {
        let function = try NamedFunction(value, path: path)
        let regularizer = try function.look(in: makers, for: "regularizer")(function)
        try function.finish()
        return regularizer
    }
}
