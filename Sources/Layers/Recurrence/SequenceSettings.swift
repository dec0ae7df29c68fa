/// How a recurrent layer works through sequences, and what it gives of them.
public struct SequenceSettings: Sendable, Hashable {
    /// The output of every step rather than that of the last.
    public var returnsSequences: Bool
    /// The last states as further outputs.
    public var returnsState: Bool
    /// From the last step to the first; outputs come in the order of processing.
    public var goesBackwards: Bool
    /// Each call begins with the states that the one before it left.
    public var isStateful: Bool
    /// Outputs of masked steps are zeros rather than those of the step before.
    public var zeroesMaskedOutputs: Bool
    /// Sequences come and go as `[steps, batch, …]`.
    public var isTimeMajor: Bool

    public init(
        returnsSequences: Bool = false, returnsState: Bool = false, goesBackwards: Bool = false,
        isStateful: Bool = false, zeroesMaskedOutputs: Bool = false, isTimeMajor: Bool = false
    ) {
        self.returnsSequences = returnsSequences
        self.returnsState = returnsState
        self.goesBackwards = goesBackwards
        self.isStateful = isStateful
        self.zeroesMaskedOutputs = zeroesMaskedOutputs
        self.isTimeMajor = isTimeMajor
    }

    init(_ configuration: LayerConfiguration) throws {
        self.init(
            returnsSequences: try configuration.bool("return_sequences", default: false),
            returnsState: try configuration.bool("return_state", default: false),
            goesBackwards: try configuration.bool("go_backwards", default: false),
            isStateful: try configuration.bool("stateful", default: false),
            zeroesMaskedOutputs: try configuration.bool("zero_output_for_mask", default: false),
            isTimeMajor: try configuration.bool("time_major", default: false))
        // How the steps are computed is not the model's to say.
        configuration.passOver("unroll", "implementation", "use_cudnn")
    }

    func write(_ settings: inout LayerSettings) {
        settings.set("return_sequences", returnsSequences)
        settings.set("return_state", returnsState)
        settings.set("go_backwards", goesBackwards)
        settings.set("stateful", isStateful)
        settings.set("unroll", false)
        if zeroesMaskedOutputs || settings.dialect == .keras3 {
            settings.set("zero_output_for_mask", zeroesMaskedOutputs)
        }
        if isTimeMajor || settings.dialect == .keras2 { settings.set("time_major", isTimeMajor) }
    }
}
