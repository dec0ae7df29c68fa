import Formats
import Layers

/// The classes that a model spec may name: Keras's models, and networks that are compiled into the server.
public struct NetworkClasses: Sendable {
    public typealias Maker = @Sendable (_ name: String) throws -> Network

    private var makers: [String: Maker] = ["TwoLayerNetwork": { try TwoLayerNetwork(name: $0) }]

    public init() {}

    /// Adds a class under its name; the same name again replaces it.
    public mutating func register(_ className: String, _ make: @escaping Maker) { makers[className] = make }

    /// Makes the network of a spec, not yet built.
    func makeNetwork(_ spec: ModelSpec, name: String) throws -> Network {
        if let make = makers[spec.className] {
            guard spec.config.object?.keys.allSatisfy({ $0 == "name" }) ?? true else {
                throw ServiceError.unfit(
                    "config: the class \(spec.className) takes none, but it is \(spec.config)")
            }
            return try make(name)
        }
        let model = try Network.model(className: spec.className, config: spec.config, path: "config", name: name)
        guard let model else {
            let known = Network.modelClassNames + makers.keys.sorted()
            throw ServiceError.unfit(
                "class_name: there is no model class '\(spec.className)'; known are \(known.joined(separator: ", "))")
        }
        return model
    }
}
