import Formats

/// The layers that a model's JSON may name: one line each.
public enum LayerCatalog {
    typealias Maker = @Sendable (LayerConfiguration) throws -> Layer

    private static let makers: [String: Maker] = [
        "Dense": Dense.init(configuration:)
    ]

    /// The class names of all layers.
    public static var classNames: [String] { makers.keys.sorted() }

    /// Makes the layer that `entry` describes.
    ///
    /// - Parameters:
    ///   - entry: `{"class_name", "config"}` as Keras writes it.
    ///   - path: where it stands in the JSON, for messages.
    /// - Throws: ValueError or TypeError naming the place and what was expected there.
    public static func layer(_ entry: JSONValue, path: String) throws -> Layer {
        let configuration = try LayerConfiguration(entry, path: path)
        guard let make = makers[configuration.className] else {
            throw LayerError(
                .value,
                "\(path).class_name: there is no layer class '\(configuration.className)'; known are \(classNames.joined(separator: ", "))"
            )
        }
        let layer = try make(configuration)
        layer.declaredInputShape = try configuration.inputShape()
        layer.followsKeras = true
        try configuration.finish()
        return layer
    }
}
