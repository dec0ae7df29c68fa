import Operators
import TensorCore

extension Layer {
    /// An independent layer with the same names, settings and values (N-130, N-131). Later changes to one are not seen by the
    /// other.
    ///
    /// - Throws: NotImplementedError for a class that does not say how to make an empty copy; RuntimeError for a layer
    ///   that was built in a graph (N-132).
    public final func copy() throws -> Self {
        let twin = try emptyCopy()
        guard let copy = twin as? Self else {
            throw LayerError(.type, "emptyCopy of \(className) made a \(type(of: twin))")
        }
        try copy.takeState(of: self)
        return copy
    }

    private func takeState(of original: Layer) throws {
        guard original.builtGraph == nil else {
            throw LayerError(
                .runtime, "layer \(original.displayName) was built in a graph, and operations cannot be copied")
        }
        currentName = original.currentName
        baseName = original.baseName
        isTrainable = original.isTrainable
        takeDType(of: original)
        // The scope is the same by name, but belongs to the copy: nothing is made under the original's any more (N-133).
        scope = original.scope
        if let network = self as? Network, let model = original as? Network {
            guard network.layers.count == model.layers.count else {
                throw LayerError(
                    .value,
                    "emptyCopy of \(className) tracks \(network.layers.count) layers, but the original \(model.layers.count)"
                )
            }
            // Where the original holds a layer twice, so must the copy, and its state is taken once.
            var taken: Set<ObjectIdentifier> = []
            for (layer, source) in zip(network.layers, model.layers)
            where taken.insert(ObjectIdentifier(layer)).inserted {
                try layer.takeState(of: source)
            }
            buildHasRun = original.buildHasRun
        } else if original.isBuilt {
            try takeVariables(of: original)
        }
    }

    /// Builds this layer as the original was built, and gives its variables the original's values.
    private func takeVariables(of original: Layer) throws {
        guard let shapes = original.latestShapes?.inputs, let scope else {
            throw LayerError(.runtime, "layer \(original.displayName) was built by hand; call it before copying it")
        }
        try inside(scope) { _ in try build(shapes) }
        buildHasRun = true
        for (variable, source) in zip(variables, original.variables) { try variable.assign(try source.value) }
    }
}
