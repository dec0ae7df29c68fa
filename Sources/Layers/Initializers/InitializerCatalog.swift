import Formats

/// The initializers that a model's JSON may name.
enum InitializerCatalog {
    private typealias Maker = @Sendable (NamedFunction) throws -> any Initializer

    private static let makers: [String: Maker] = [
        "zeros": { _ in .zeros },
        "ones": { _ in .ones },
        "constant": { .constant(try $0.number("value", default: 0)) },
        "glorot_uniform": { _ in .glorotUniform },
    ]

    static func make(_ value: JSONValue, path: String) throws -> any Initializer {
        let function = try NamedFunction(value, path: path)
        return try function.look(in: makers, for: "initializer")(function)
    }
}
