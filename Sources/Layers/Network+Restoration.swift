import Operators
import TensorCore

extension Network {
    /// Names and scopes the network as for its first call, so that restoring can begin (N-156).
    public final func settleForRestoration() throws {
        finalizeName(in: nil)
        try settleScope(nil)
    }

    /// Removes the network's own prefix from a variable's name; others stay fully qualified (N-153).
    public final func strippingScope(_ variableName: String) throws -> String {
        let prefix = try scopeName + "/"
        return variableName.hasPrefix(prefix) ? String(variableName.dropFirst(prefix.count)) : variableName
    }

    /// The variables by their names in a checkpoint.
    ///
    /// - Parameters:
    ///   - map: from full names, without `:0`, to checkpoint names; nil for the default (N-153). Parts of a partitioned variable
    ///     go by the name of the whole.
    ///   - function: the reference's name of what is being done, for messages.
    /// - Throws: ValueError when two variables get one name (N-154, N-163).
    public final func variablesByCheckpointName(
        _ map: ((String) -> String)?, for function: String
    ) throws -> [(name: String, variable: Variable)] {
        var found: [(name: String, variable: Variable)] = []
        var places: [String: Int] = [:]
        for variable in variables {
            let fullName = variable.slice?.wholeName ?? variable.checkpointName
            let name = try map.map { $0(fullName) } ?? strippingScope(fullName)
            if let place = places[name] {
                let first = found[place].variable
                if found[place...].contains(where: { $0.name == name && $0.variable === variable }) { continue }
                if let whole = variable.slice?.wholeName, first.slice?.wholeName == whole {
                    found.append((name, variable))
                    continue
                }
                throw Network.namingConflict(
                    name, first.checkpointName, variable.checkpointName, try self.name, try scopeName,
                    isUserMap: map != nil, function: function)
            }
            places[name] = found.count
            found.append((name, variable))
        }
        return found
    }

    /// Keeps the values of a checkpoint that no variable took, for variables still to be made (N-160).
    ///
    /// - Parameter names: the names in the checkpoint that are still free.
    public final func deferRestoration(
        from source: any RestoreSource, names: Set<String>, map: ((String) -> String)?
    ) throws {
        guard !names.isEmpty else { return }
        try settleScopesBelow()
        let prefix = try scopeName + "/"
        let strip = { (name: String) in name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name }
        add(
            try DeferredRestoration(
                from: source, names: names, map: map ?? strip, isUserMap: map != nil, for: self))
    }

    /// Gives all layers below their scopes, so that their variables have the names that are waited for (N-166).
    private func settleScopesBelow() throws {
        try settleScope(nil)
        for layer in layers {
            if let network = layer as? Network {
                try network.settleScopesBelow()
            } else {
                try settleScope(ofSublayer: layer)
            }
        }
    }

    static func namingConflict(
        _ name: String, _ first: String, _ second: String, _ network: String, _ scope: String, isUserMap: Bool,
        function: String
    ) -> LayerError {
        if isUserMap {
            return LayerError(
                .value,
                "The map_func passed to \(function) for the Network '\(network)' resulted in two variables named '\(name)' ('\(first)' and '\(second)'). Strip less from the names, or rename parts of the Network."
            )
        }
        return LayerError(
            .value,
            "The default checkpoint variable name mapping strategy for Network '\(network)' resulted in a naming conflict: without the prefix '\(scope)', two variables are named '\(name)' (originally '\(first)' and '\(second)'). This happens when layers are shared with another Network; pass a map_func that keeps the full names."
        )
    }
}

extension Layer {
    /// Adds a restoration for variables still to be made, here and in all layers below; later ones come first (N-161).
    final func add(_ restoration: DeferredRestoration) {
        guard !restorations.contains(where: { $0 === restoration }) else { return }
        restorations.append(restoration)
        if let network = self as? Network { for layer in network.layers { layer.add(restoration) } }
    }
}
