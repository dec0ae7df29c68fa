import TensorCore

/// What may be passed to a layer beside its inputs.
public struct CallOptions: Sendable {
    /// Whether dropout drops and batch statistics are used; nil leaves it to the layer.
    public var training: Bool?
    /// Which steps of a sequence count, `[batch, time]`, bool.
    public var mask: Tensor?
    /// The scope for a layer's variables. Networks refuse it.
    public var scope: VariableScope?
    /// The state that a recurrent layer begins with.
    public var initialState: [Tensor]

    /// The same for the inputs after the first, where they have masks of their own; nil for those that have none.
    public var otherMasks: [Tensor?]

    /// Which keys each query may attend to, bool `[batch, queries, keys]`.
    public var attentionMask: Tensor?
    /// Whether a query attends only to what comes no later than it.
    public var usesCausalMask: Bool
    /// Whether an attention layer gives its weights as a second output.
    public var returnsAttentionScores: Bool

    public init(
        training: Bool? = nil, mask: Tensor? = nil, scope: VariableScope? = nil, initialState: [Tensor] = [],
        attentionMask: Tensor? = nil, usesCausalMask: Bool = false, returnsAttentionScores: Bool = false,
        otherMasks: [Tensor?] = []
    ) {
        self.training = training
        self.mask = mask
        self.scope = scope
        self.initialState = initialState
        self.attentionMask = attentionMask
        self.usesCausalMask = usesCausalMask
        self.returnsAttentionScores = returnsAttentionScores
        self.otherMasks = otherMasks
    }

    /// Which of them were passed.
    public var given: CallArguments {
        var given: CallArguments = []
        if training != nil { given.insert(.training) }
        if mask != nil || !otherMasks.isEmpty { given.insert(.mask) }
        if !initialState.isEmpty { given.insert(.initialState) }
        if attentionMask != nil || usesCausalMask || returnsAttentionScores { given.insert(.attention) }
        return given
    }
}

/// The names of ``CallOptions``, as a layer declares which it takes.
public struct CallArguments: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let training = CallArguments(rawValue: 1)
    public static let mask = CallArguments(rawValue: 2)
    public static let initialState = CallArguments(rawValue: 4)
    /// The layer's own scope, which is given to those that ask for it.
    public static let scope = CallArguments(rawValue: 8)

    /// A mask of queries and keys, and whether the weights are returned.
    public static let attention = CallArguments(rawValue: 16)

    /// The first of them, for messages.
    var firstName: String {
        let names: [(CallArguments, String)] = [
            (.training, "training"), (.mask, "mask"), (.initialState, "initial_state"),
        ]
        return names.first { contains($0.0) }?.1 ?? "attention_mask"
    }
}
