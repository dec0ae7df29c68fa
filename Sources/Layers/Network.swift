import Operators
import TensorCore

/// A composition of layers, itself a layer.
///
/// ```swift
/// final class TwoLayerNetwork: Network {
///     let layerOne = Dense(16, inputShape: [8])
///     let layerTwo = Dense(1, inputShape: [16])
///
///     override init(name: String? = nil) throws {
///         try super.init(name: name)
///         try trackLayers(layerOne, layerTwo)
///     }
///
///     override func call(_ inputs: Tensor) throws -> Tensor {
///         try layerTwo(layerOne(inputs))
///     }
/// }
/// ```
/// Source: tf.contrib.eager.Network (TensorFlow 1.8).
open class Network: Layer {
    /// Makes a network.
    ///
    /// - Parameter name: unique among the networks beside it, without slashes; nil to be named after the class when the
    ///   network is tracked by another one, or first called (N-4).
    /// - Throws: ValueError for a name with a slash (N-2).
    public init(name: String? = nil) throws {
        if let name, name.contains("/") {
            throw LayerError(.value, "Forward slashes ('/') are not allowed in Network names, received '\(name)'.")
        }
        creationScope = VariableScope.current
        super.init(layerName: name)
    }

    /// The scope it goes into if it ends up without a parent (N-11).
    private var creationScope: VariableScope
    private var subNames = NameCounter()
    private var owned: [String: Layer] = [:]
    /// Whether a layer below makes masks, and which networks must be told when one is tracked that does.
    private var holdsMaskMaker = false
    private var trackers: [WeakNetwork] = []

    /// The tracked layers, in the order of tracking, shared ones included (N-123).
    public final private(set) var layers: [Layer] = []

    override func nameOnItsOwn(_ given: String?) { currentName = given }

    /// The network's name; of a nested one only the last component (N-17).
    ///
    /// - Throws: ValueError while an anonymous network is neither tracked nor called (N-4).
    public final override var name: String {
        get throws {
            guard let currentName else {
                throw LayerError(
                    .value,
                    "The network does not yet have a final name, but a name was requested for it. Networks get a name when they are added to another Network via trackLayer, or when they are first called."
                )
            }
            return currentName
        }
    }

    /// Always true (N-78). Mark layers as not trainable instead, with ``setTrainable(_:)`` to be told so.
    public final override var isTrainable: Bool {
        get { true }
        set {}
    }

    open override var accepts: CallArguments { [.training, .mask] }

    /// What a call takes, in order, where that is known beforehand.
    open var inputPorts: [Port]? {
        guard let shape = declaredInputShape, shape.rank < Shape.rankMax else { return nil }
        // States are kept for each example, so that there must always be as many.
        let batch = keepsStates ? layers.first?.declaredBatchSize : nil
        let full = Shape([batch ?? Shape.unknown] + shape.extents)
        return [Port(name: "inputs", spec: TensorSpec(full, dtype ?? .float32))]
    }

    /// What the outputs are called, in order; nil where they have no names.
    open var outputNames: [String]? { nil }

    /// What a call gives, in order, where that is known before the first one: for models that are made of layers whose
    /// shapes follow from their settings.
    public final var outputPorts: [Port]? {
        guard let inputs = inputPorts, let specs = try? computeOutputSpecs(inputs.map(\.spec)) else { return nil }
        let names = outputNames ?? Array(repeating: "outputs", count: specs.count).madeUnique()
        return names.count == specs.count ? zip(names, specs).map { Port(name: $0, spec: $1) } : nil
    }

    /// - Throws: NotImplementedError unless a network says how.
    open override func computeOutputSpecs(_ inputs: [TensorSpec]) throws -> [TensorSpec] {
        throw LayerError(.notImplemented, "\(className).computeOutputSpecs")
    }

    public final override var makesMasks: Bool { holdsMaskMaker }

    /// Nil: the layers inside have given their outputs the masks that they have.
    open override func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? { nil }

    /// Makes nothing: a network's variables are its layers' (N-51).
    open override func build(_ inputShape: Shape) throws { buildHasRun = true }

    /// Returns its input, unless overridden (N-52).
    open override func call(_ input: Tensor) throws -> Tensor { input }

    /// The shape that an input of this shape gives, found by running the network on a symbolic tensor.
    ///
    /// - Throws: NotImplementedError in a graph (N-116).
    open override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        guard executesEagerly else {
            throw LayerError(.notImplemented, "\(displayName).compute_output_shape in a graph")
        }
        let plan = try Plan(
            tracing: [TensorSpec(inputShape, dtype ?? .float32)], in: variableStore, names: ScopeContext.current
        ) { try self(Tensors($0)).array }
        return plan.outputs[0].shape.withoutNames
    }

    // MARK: Tracking

    /// Tracks a layer, so that its variables are this network's too (N-20 to N-36).
    ///
    /// The first network that tracks a layer owns it: names it, if it was anonymous, and lends it its scope. Others share it.
    ///
    /// - Returns: the layer.
    /// - Throws: ValueError when an owned layer has that name already (N-28).
    @discardableResult
    public final func trackLayer<Tracked: Layer>(_ layer: Tracked) throws -> Tracked {
        if let network = layer as? Network {
            network.finalizeName(in: self)
        } else if !layer.isBuilt, layer.livingParent == nil {
            // An anonymous layer's name has a number. One that lost it with an owner that is gone passes for named.
            if layer.currentName != layer.baseName {
                layer.currentName = subNames.next(layer.baseName, isZeroBased: true) { owned[$0] != nil }
            }
            layer.firstParent = .network(WeakNetwork(network: self))
        }
        if !layer.isBuilt, layer.livingParent === self {
            let name = try layer.name
            if let other = owned[name] {
                if other === layer { return layer }
                throw LayerError(.value, "Attempt to add two Layers with the name '\(name)' to the same Network.")
            }
            owned[name] = layer
        }
        layers.append(layer)
        noteTracked(layer)
        for restoration in restorations { layer.add(restoration) }
        return layer
    }

    /// Tracks what another network tracks, as `copies` has it, with its names; and goes into the same scope.
    func takeTracking(of original: Network, _ copies: (Layer) -> Layer) {
        layers = original.layers.map(copies)
        owned = original.owned.mapValues(copies)
        subNames = original.subNames
        creationScope = original.creationScope
        for layer in layers { noteTracked(layer) }
    }

    /// What a call must know of a layer that is tracked from now on.
    private func noteTracked(_ layer: Layer) {
        if scope != nil, !(layer is Network), layer.scope == nil { holdsLayersWithoutScope = true }
        (layer as? Network)?.trackers.append(WeakNetwork(network: self))
        if layer.makesMasks { noteMaskMaker() }
    }

    private func noteMaskMaker() {
        guard !holdsMaskMaker else { return }
        holdsMaskMaker = true
        for tracker in trackers { tracker.network?.noteMaskMaker() }
    }

    /// Looks again whether a call must open the network's scope for layers that were tracked late.
    func noteScopesOfLayers() {
        holdsLayersWithoutScope = layers.contains { !($0 is Network) && $0.scope == nil }
    }

    /// Tracks several layers, in this order.
    public final func trackLayers(_ layers: Layer...) throws {
        for layer in layers { try trackLayer(layer) }
    }

    /// Sets whether the network is trainable.
    ///
    /// - Throws: AttributeError for false (N-78).
    public final func setTrainable(_ isTrainable: Bool) throws {
        guard isTrainable else { throw LayerError(.attribute, "cannot mark Network as not trainable") }
    }

    // MARK: Looking up

    /// The tracked layer at `index`; negative ones count from the end (N-120).
    public final func getLayer(index: Int) throws -> Layer {
        let place = index < 0 ? index + layers.count : index
        guard layers.indices.contains(place) else {
            throw LayerError(
                .value, "Was asked to retrieve layer at index \(index) but model only has \(layers.count) layers.")
        }
        return layers[place]
    }

    /// The first tracked layer called `name` (N-121).
    public final func getLayer(name: String) throws -> Layer {
        guard !name.isEmpty else { return try getLayer(name: nil, index: nil) }
        guard let layer = layers.first(where: { $0.currentName == name }) else {
            throw LayerError(.value, "No such layer: \(name)")
        }
        return layer
    }

    /// A layer by name or by index, for callers that have one or the other (N-122).
    public final func getLayer(name: String?, index: Int?) throws -> Layer {
        switch (name, index) {
        case (.some, .some): throw LayerError(.value, "Exactly one of 'index' or 'name' must be provided")
        case (let name?, nil) where !name.isEmpty: return try getLayer(name: name)
        case (nil, let index?): return try getLayer(index: index)
        default: throw LayerError(.value, "Provide either a layer name or layer index.")
        }
    }

    /// Object-based checkpoints do not take networks (N-134): save them by the names of their variables.
    ///
    /// - Throws: always, NotImplementedError.
    public final func gatherSaveablesForCheckpoint() throws -> [String: Variable] {
        throw LayerError(
            .notImplemented, "tfe.Network does not support object-based checkpointing: use saveNetworkCheckpoint")
    }

    /// As ``trackLayer(_:)`` for callers that do not know what they hold, such as a network described by data.
    ///
    /// - Throws: RuntimeError for a network that was not initialised (N-21), TypeError for what is no layer (N-22).
    public static func trackLayer(_ object: Any, in network: Network?) throws -> Layer {
        guard let network else { throw LayerError(.runtime, "Need to call Network.__init__ before adding layers") }
        guard let layer = object as? Layer else {
            throw LayerError(.type, "Network.track_layer() passed type \(type(of: object)), not a tf.layers.Layer")
        }
        return try network.trackLayer(layer)
    }

    /// The name that a caller gave who does not know what it holds.
    ///
    /// - Throws: ValueError for a scope (N-3), TypeError for anything else that is no string.
    public static func name(of object: Any?) throws -> String? {
        switch object {
        case nil: return nil
        case let name as String: return name
        case is VariableScope: throw LayerError(.value, "VariableScopes are not valid Network names.")
        case let other?:
            throw LayerError(.type, "The name of a Network must be a string, but it is a \(type(of: other)).")
        }
    }

    // MARK: Naming

    /// Gives an anonymous network its name, and notes the parent it was first given to (N-24, N-10).
    func finalizeName(in parent: Network?) {
        if currentName ?? "" == "" {
            let base = snakeCase(namingClass)
            if let parent {
                currentName = parent.subNames.next(base, isZeroBased: true) { parent.owned[$0] != nil }
            } else {
                currentName = creationScope.registry.uniqueName(base, in: creationScope.name, isZeroBased: true) {
                    creationScope.registry.wasOpened(creationScope.path(to: $0))
                }
            }
        }
        switch firstParent {
        case .network(let reference) where reference.network != nil: break
        case .topLevel: break
        default: firstParent = parent.map { .network(WeakNetwork(network: $0)) } ?? .topLevel
        }
    }

    /// Opens the network's scope: under its parent's, or where it was constructed (N-11, N-40).
    override func settleScope(_ given: VariableScope?) throws {
        let parent = livingParent
        if parent == nil { finalizeName(in: nil) }
        guard given == nil else { throw LayerError(.value, "Networks may not be created with explicit scopes.") }
        guard scope == nil else { return }
        try (parent ?? holder)?.settleScope(nil)
        let outer = (parent ?? holder)?.scope ?? creationScope
        let name = currentName ?? ""
        let path = outer.path(to: name)
        guard !outer.registry.wasOpened(path) else {
            throw LayerError(
                .value,
                "A Network named '\(name)' already exists (or a variable_scope was created with this name). Names must be unique."
            )
        }
        outer.registry.open(path)
        scope = outer.child(name)
        if parent == nil { currentName = path }
        for layer in layers where !(layer is Network) { try settleScope(ofSublayer: layer) }
    }

    /// Lends a plain layer its owner's scope (N-41, N-42).
    func settleScope(ofSublayer layer: Layer) throws {
        guard layer.scope == nil, !layer.isBuilt else { return }
        guard let owner = layer.livingParent else {
            throw LayerError(
                .value,
                "The parent of a Layer added to Network \(displayName) was garbage collected before the Layer was built."
            )
        }
        try owner.settleScope(nil)
        guard layer.scope == nil, let outer = owner.scope else { return }
        let name = outer.registry.uniqueScopeName(try layer.name, in: outer.name)
        outer.registry.open(outer.path(to: name))
        layer.scope = outer.child(name)
    }
}
