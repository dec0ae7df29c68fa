import Layers
import Operators
import TensorCore
import Training

/// What of a model's training is confined to its core: the optimizer with its state, and the programs traced so far.
final class Trainer {
    private(set) var settings: TrainingSettings
    let optimizer: Optimizer
    private var steps: [StepKey: TrainingStep] = [:]
    private var evaluations: [BatchKind: EvaluationStep] = [:]
    private var gradients: [GradientKey: GradientStep] = [:]

    /// Programs for this many different shapes are kept of each kind.
    private static let programsMax = 32

    private struct StepKey: Hashable {
        let batch: BatchKind
        let measuresGradientNorm: Bool
    }

    private struct GradientKey: Hashable {
        let batch: BatchKind
        let variables: [ObjectIdentifier]?
        let includesInputs: Bool
    }

    init(_ settings: TrainingSettings) throws {
        self.settings = settings
        optimizer = try settings.makeOptimizer()
    }

    /// Takes other settings over, if all that changes is the learning rate; the state of the optimizer stays.
    ///
    /// - Returns: false where more changes, so that a new trainer is needed.
    func adopt(_ new: TrainingSettings) throws -> Bool {
        guard new != settings else { return true }
        guard new.withoutLearningRate == settings.withoutLearningRate else { return false }
        optimizer.learningRate = try new.makeOptimizer().learningRate
        settings = new
        steps.removeAll()
        return true
    }

    func step(
        _ key: BatchKind, _ network: Network, outputs: [ModelDescription.Port], seed: UInt64,
        measuresGradientNorm: Bool
    ) throws -> TrainingStep {
        let full = StepKey(batch: key, measuresGradientNorm: measuresGradientNorm)
        return try Trainer.kept(full, in: &steps) {
            let names = outputs.map(\.name)
            // Metrics are told what a step gave once it was taken, so that they fit is made sure now.
            try settings.makeMetrics(outputs: names).check(targets: key.targets, outputs: outputs.map(\.spec))
            return try TrainingStep(
                network, settings.makeObjective(outputs: names), optimizer, inputs: key.inputs,
                targets: key.targets, sampleWeights: key.sampleWeights, seed: seed,
                measuresGradientNorm: measuresGradientNorm)
        }
    }

    func evaluation(_ key: BatchKind, _ network: Network, outputs: [ModelDescription.Port]) throws -> EvaluationStep {
        try Trainer.kept(key, in: &evaluations) {
            try EvaluationStep(
                network, settings.makeObjective(outputs: outputs.map(\.name)), inputs: key.inputs, targets: key.targets,
                sampleWeights: key.sampleWeights)
        }
    }

    func gradient(
        _ key: BatchKind, _ network: Network, outputs: [ModelDescription.Port], variables: [Variable]?,
        includesInputs: Bool
    ) throws -> GradientStep {
        let full = GradientKey(
            batch: key, variables: variables?.map(ObjectIdentifier.init), includesInputs: includesInputs)
        return try Trainer.kept(full, in: &gradients) {
            try GradientStep(
                network, settings.makeObjective(outputs: outputs.map(\.name)), inputs: key.inputs, targets: key.targets,
                sampleWeights: key.sampleWeights, withRespectTo: variables, includingInputs: includesInputs)
        }
    }

    private static func kept<Key, Program>(
        _ key: Key, in programs: inout [Key: Program], _ make: () throws -> Program
    ) rethrows -> Program {
        if let known = programs[key] { return known }
        let program = try make()
        if programs.count >= programsMax { programs.removeAll() }
        programs[key] = program
        return program
    }
}
