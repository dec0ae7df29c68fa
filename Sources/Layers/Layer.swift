import Operators
import TensorCore

/// A computation with variables of its own.
///
/// Subclasses make their variables in ``build(_:)`` and compute in ``call(_:)``, or in ``call(_:_:)`` when they take several
/// tensors or options. Callers never call those; they apply the layer: `try layer(x)`. A layer is confined to whoever made it:
/// it is not Sendable.
///
/// Source: tf.layers.Layer (TensorFlow 1.8); `N-…` are the numbered rules of `docs/NETWORK_RULES.md`.
open class Layer {
    /// Makes a layer.
    ///
    /// - Parameters:
    ///   - layerName: nil to be named after the class, with a number (N-96).
    ///   - isTrainable: whether its variables are, unless they say otherwise.
    ///   - dtype: of its variables; nil to take the first input's (N-58).
    public init(layerName: String? = nil, isTrainable: Bool = true, dtype: DType? = nil) {
        self.isTrainableItself = isTrainable
        self.dtype = dtype
        baseName = layerName ?? ""
        givenName = layerName
        nameOnItsOwn(layerName)
    }

    /// Gives a layer that stands alone its name; the empty one counts as none. A network waits with that.
    func nameOnItsOwn(_ given: String?) {
        let given = given == "" ? nil : given
        baseName = given ?? snakeCase(namingClass)
        currentName = given ?? VariableScope.current.registry.uniqueName(baseName, isZeroBased: false)
    }

    // MARK: Names

    /// What it was named at construction, nil if it was not.
    public final let givenName: String?
    var currentName: String?
    var baseName: String

    /// What an anonymous layer is called after; the class, unless one class stands for many.
    open var namingClass: String { className }

    /// The class's own name, without type parameters.
    final var className: String {
        let name = String(describing: type(of: self))
        return name.firstIndex(of: "<").map { String(name[..<$0]) } ?? name
    }

    /// The layer's name: the last component of its scope.
    ///
    /// - Throws: for a network that is not named yet, ValueError (N-4).
    open var name: String {
        get throws { currentName ?? "" }
    }

    /// The name for messages, which always exists.
    final var displayName: String { currentName ?? snakeCase(namingClass) }

    /// The prefix of its variables, without a trailing slash.
    ///
    /// - Throws: ValueError before the first call (N-16).
    public final var scopeName: String {
        get throws {
            guard let scope else {
                throw LayerError(
                    .value,
                    "No name available for layer scope because the layer \"\(displayName)\" has not been used yet. The scope name is determined the first time the layer is called; call it before asking for scopeName."
                )
            }
            return scope.name
        }
    }

    /// Set at the first call, or by the network that owns the layer.
    final var scope: VariableScope?

    /// The network that tracked it first.
    enum FirstParent {
        /// No network yet.
        case none
        /// It was first used outside any network, and stays so.
        case topLevel
        case network(WeakNetwork)
    }

    final var firstParent = FirstParent.none

    /// The owner, if it is still there.
    final var livingParent: Network? {
        guard case .network(let reference) = firstParent else { return nil }
        return reference.network
    }

    /// Settles the scope of a layer that is about to be used and got none from its owner: one of its own in the scope that
    /// is open now (N-41, N-96).
    func settleScope(_ given: VariableScope?) throws {
        guard scope == nil else { return }
        if let holder {
            try holder.settleScope(given)
            guard let outer = holder.scope else { return }
            scope = sharesScopeOfHolder ? outer : outer.child(displayName)
            return
        }
        scope = try given.map { try variableScope($0) { $0 } } ?? variableScope(defaultName: baseName) { $0 }
    }

    // MARK: State

    /// Whether its variables are made: by the first call, or by calling ``build(_:)`` by hand.
    public final var isBuilt: Bool { buildHasRun || !variableLists.all.isEmpty }
    final var buildHasRun = false

    /// The dtype of its variables; nil until the first call where none was given (N-58).
    public internal(set) final var dtype: DType?

    /// Whether its variables are to be trained. Toggling it moves them between the lists (N-75).
    open var isTrainable: Bool {
        get { isTrainableItself }
        set { isTrainableItself = newValue }
    }
    private var isTrainableItself: Bool

    /// Whether calls change what it holds beside training, which keeps its updates alive when it is not trainable.
    open var isStateful: Bool { false }

    /// What each input must be; checked at every call (N-57). A layer sets it in `init` or ``build(_:)``.
    public final var inputSpecifications: [InputSpecification] = []

    /// A penalty on the outputs. On layers of tf.layers it works in graphs only (N-101); layers from Keras JSON collect it in
    /// the context (``LossCollector``).
    open var activityRegularizer: (any Regularizer)?

    /// The shape of one example, without the batch, where the layer was told beforehand. A network's is its first layer's.
    public final var declaredInputShape: Shape? {
        get { givenInputShape ?? (self as? Network)?.layers.first?.declaredInputShape }
        set { givenInputShape = newValue }
    }
    final var givenInputShape: Shape?

    /// How many examples come at a time, where the layer was told beforehand, unknown included. It matters to stateful layers.
    final var declaredBatchSize: Int?

    /// Whether the layer came from Keras, so that Keras's rules for losses apply to it.
    public final var followsKeras = false

    final var variableLists = LayerVariables()
    final var lossList = LayerLosses()
    final var updateList = LayerUpdates()
    final var nodes: [LayerNode] = []
    /// What waits for this layer's variables to be made, oldest first.
    final var restorations: [DeferredRestoration] = []
    /// Layers inside this one, in the order of ``hold(_:as:sharingScope:)``.
    public internal(set) final var heldLayers: [Layer] = []
    /// The layer that this one is a part of.
    final weak var holder: Layer?
    /// Whether its variables are named as though they were its holder's.
    final var sharesScopeOfHolder = false
    /// Where its variables live when it stands alone.
    final var ownStore: VariableStore?
    /// The shapes at its first call and at each symbolic one, for descriptions.
    public internal(set) final var latestShapes: (inputs: [Shape], outputs: [Shape])?
    /// The graph that it was built in, nil for an eager one.
    final weak var builtGraph: Graph?
    /// Whether a network tracks layers that have no scope yet and find it while the network is called (N-36).
    final var holdsLayersWithoutScope = false
    /// The copy that is being made of it, see ``copied(_:)``.
    final var copying: LayerCopying?

    // MARK: For subclasses

    /// Which options ``call(_:_:)`` takes; others are refused before it is called.
    open var accepts: CallArguments { [] }

    /// What Keras calls the inputs after the first, where they are arguments of their own: `value` and `key`.
    open var inputKeywords: [String] { [] }

    /// Makes the variables for inputs of this shape. Called once, before the first ``call(_:_:)``.
    open func build(_ inputShape: Shape) throws {}

    /// As ``build(_:)`` for several inputs.
    open func build(_ inputShapes: [Shape]) throws { try build(inputShapes.first ?? []) }

    /// Computes the outputs. The default takes one input and no options, and calls ``call(_:)``.
    open func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        Tensors(try call(inputs.single(for: self)))
    }

    /// Computes the output of a layer with one input and no options.
    open func call(_ input: Tensor) throws -> Tensor {
        throw LayerError(.notImplemented, "\(className) overrides neither call(_:) nor call(_:_:)")
    }

    /// The shape that an input of this shape gives; unknown extents are allowed.
    ///
    /// - Throws: NotImplementedError unless a layer says how.
    open func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        throw LayerError(.notImplemented, "\(className).computeOutputShape")
    }

    /// As ``computeOutputShape(_:)`` for layers with several inputs or outputs.
    open func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard inputShapes.count == 1 else {
            throw LayerError(.value, "Layer \(displayName) expects 1 input, but there are \(inputShapes.count) shapes")
        }
        return [try computeOutputShape(inputShapes[0])]
    }

    /// What inputs of these specs give, as far as it is known before the layer is built; unknown extents are allowed.
    ///
    /// - Throws: NotImplementedError unless a layer says how.
    open func computeOutputSpecs(_ inputs: [TensorSpec]) throws -> [TensorSpec] {
        let given = [dtype, inputs.first?.dtype].compactMap { $0 }.first(where: \.isFloatingPoint)
        return try computeOutputShapes(inputs.map(\.shape)).map { TensorSpec($0, given ?? .float32) }
    }

    /// The mask of the outputs, for layers that make one, pass it on, or end it with nil. Asked only where there are masks.
    open func computeMask(_ inputs: Tensors, _ mask: Tensor?) throws -> Tensor? { mask }

    /// Whether the layer gives its outputs a mask of its own, so that the networks around it must mind masks (N-56).
    open var makesMasks: Bool { false }

    /// Whether, when it does not train, the outputs for one example do not depend on the other examples of the batch: then
    /// calls of several callers may share one. Every layer that a model's JSON can name does so unless it says otherwise.
    open var treatsExamplesAlone: Bool { self is any ConfigurableLayer }

    /// Writes the settings that the layer was made with, by Keras's keys, for its JSON and for copies of it.
    open func writeSettings(_ settings: inout LayerSettings) {}

    /// A new layer of the same settings, with nothing built: what ``copy()`` fills. Layers that can be made from their
    /// settings are. A network makes its layers anew; those that it was given from outside it gives to the new one by
    /// ``copied(_:)``.
    ///
    /// - Throws: NotImplementedError for a class that neither says how nor can be made from settings.
    open func emptyCopy() throws -> Layer {
        guard let layer = self as? any ConfigurableLayer else {
            throw LayerError(.notImplemented, "\(className).emptyCopy, which copy() needs")
        }
        return try type(of: layer).init(configuration: LayerConfiguration(copying: self))
    }
}

/// A network that is known but not kept alive.
struct WeakNetwork {
    weak var network: Network?
}

extension Optional {
    /// The value of a property that `build` sets; reading it before is the error of whoever wrote the layer.
    ///
    /// - Throws: ValueError, "isn't built".
    public func required(by layer: Layer) throws -> Wrapped {
        guard let self else {
            throw LayerError(.value, "layer \(layer.displayName) isn't built: its variables do not exist yet")
        }
        return self
    }
}

extension Shape {
    /// The extent of an axis that a layer must know to make its variables; negative axes count from the end.
    ///
    /// - Throws: ValueError naming `meaning`.
    public func requiredDimension(_ axis: Int, of meaning: String) throws -> Int {
        let place = axis < 0 ? axis + rank : axis
        guard place >= 0, place < rank, self[place] >= 0 else {
            throw LayerError(.value, "\(meaning) should be defined, but the input's shape is \(self)")
        }
        return self[place]
    }
}
