import Formats

/// The regularizers that a model's JSON may name.
enum RegularizerCatalog {
    private typealias Maker = @Sendable (NamedFunction) throws -> any Regularizer

    private static let makers: [String: Maker] = [
        "l1": { .l1(try $0.number("l1", default: 0.01)) },
        "l2": { .l2(try $0.number("l2", default: 0.01)) },
        "l1_l2": { .l1l2(try $0.number("l1", default: 0.01), try $0.number("l2", default: 0.01)) },
        "L1L2": { .l1l2(try $0.number("l1", default: 0), try $0.number("l2", default: 0)) },
    ]

    static func make(_ value: JSONValue, path: String) throws -> any Regularizer {
        let function = try NamedFunction(value, path: path)
        return try function.look(in: makers, for: "regularizer")(function)
    }
}
