/// How the variables of a recurrent layer begin, what their size costs, and where they must stay.
public struct RecurrentWeights: Sendable {
    var kernel: VariableSettings
    var recurrent: VariableSettings
    var bias: VariableSettings

    public init(
        kernelInitializer: any Initializer = .glorotUniform, recurrentInitializer: any Initializer = .orthogonal(),
        biasInitializer: any Initializer = .zeros, kernelRegularizer: (any Regularizer)? = nil,
        recurrentRegularizer: (any Regularizer)? = nil, biasRegularizer: (any Regularizer)? = nil,
        kernelConstraint: (any Constraint)? = nil, recurrentConstraint: (any Constraint)? = nil,
        biasConstraint: (any Constraint)? = nil
    ) {
        kernel = VariableSettings(kernelInitializer, kernelRegularizer, kernelConstraint)
        recurrent = VariableSettings(recurrentInitializer, recurrentRegularizer, recurrentConstraint)
        bias = VariableSettings(biasInitializer, biasRegularizer, biasConstraint)
    }

    init(_ configuration: LayerConfiguration) throws {
        kernel = try configuration.variable("kernel", .glorotUniform)
        recurrent = try configuration.variable("recurrent", .orthogonal())
        bias = try configuration.variable("bias", .zeros)
    }

    func write(_ settings: inout LayerSettings) {
        settings.set("kernel", kernel)
        settings.set("recurrent", recurrent)
        settings.set("bias", bias)
    }
}
