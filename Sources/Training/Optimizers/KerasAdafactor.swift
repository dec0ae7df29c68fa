import Operators
import TensorCore

/// Steps of the size of the variable, divided by a second moment that for matrices is kept as row and column means.
///
/// With `ρₜ = min(a, 1/√t)`, `α = max(ε₂, rms x)·ρₜ` and `β = 1 − t^decay`: of a matrix, r and c follow the means over columns
/// and over rows of `g² + ε₁`, and `u = g/√(r·c/mean r)`; of a vector v follows `g² + ε₁`, and `u = g/√v`. Then
/// `x ← x − α·u/max(1, rms u / d)`.
///
/// - Source: keras.optimizers.Adafactor (2.15); Shazeer, Stern, *Adafactor* (2018).
public struct KerasAdafactor: UpdateRule {
    /// The exponent of the second moment's decay.
    public let beta2Decay: Double
    public let epsilon1: Double
    public let epsilon2: Double
    public let clipThreshold: Double
    /// Whether the rate falls as 1/√t once that is less.
    public let usesRelativeStep: Bool

    public init(
        beta2Decay: Double = -0.8, epsilon1: Double = 1e-30, epsilon2: Double = 1e-3, clipThreshold: Double = 1,
        usesRelativeStep: Bool = true
    ) {
        self.beta2Decay = beta2Decay
        self.epsilon1 = epsilon1
        self.epsilon2 = epsilon2
        self.clipThreshold = clipThreshold
        self.usesRelativeStep = usesRelativeStep
    }

    public var name: String { "Adafactor" }
    public var defaultLearningRate: Double { 0.001 }
    public var countsIterations: Bool { true }

    public func slots(of variable: TensorSpec) -> [SlotDeclaration] {
        guard variable.rank >= 2 else { return [SlotDeclaration("v")] }
        let rows = variable.shape.dropLast()
        return [
            SlotDeclaration("r", shape: rows),
            SlotDeclaration("c", shape: variable.shape.removing(variable.rank - 2)),
        ]
    }

    public func update(
        _ variable: Tensor, gradient: Tensor, slots: [Tensor], moment: Moment
    ) throws -> (variable: Tensor, slots: [Tensor]) {
        let count = try cast(moment.step, to: variable.dtype) + 1
        var rate = try cast(moment.learningRate, to: variable.dtype)
        if usesRelativeStep { rate = try minimum(rate, rsqrt(count)) }
        let size = try rate * maximum(rootMeanSquare(variable), epsilon2)
        let fresh = try pow(count, beta2Decay)
        func moved(_ slot: Tensor, _ value: Tensor) throws -> Tensor { try (1 - fresh) * slot + fresh * value }

        let squares = try square(gradient) + epsilon1
        var moments: [Tensor]
        var step: Tensor
        if variable.rank >= 2 {
            moments = [
                try moved(slots[0], mean(squares, axis: -1)), try moved(slots[1], mean(squares, axis: -2)),
            ]
            let share = try moments[0] / mean(moments[0], axis: -1, keepingDimension: true)
            step =
                try gradient
                * rsqrt(expandDimensions(share, axes: [-1]) * expandDimensions(moments[1], axes: [-2]))
        } else {
            moments = [try moved(slots[0], squares)]
            step = try gradient * rsqrt(moments[0])
        }
        step = try step / maximum(rootMeanSquare(step) / clipThreshold, 1)
        return (try variable - size * step, moments)
    }

    private func rootMeanSquare(_ x: Tensor) throws(TensorError) -> Tensor { try sqrt(mean(square(x))) }
}

extension KerasAdafactor {
    init(configuration: Configuration) throws {
        self.init(
            beta2Decay: try configuration.number("beta_2_decay", default: -0.8),
            epsilon1: try configuration.number("epsilon_1", default: 1e-30),
            epsilon2: try configuration.number("epsilon_2", default: 1e-3),
            clipThreshold: try configuration.number("clip_threshold", default: 1),
            usesRelativeStep: try configuration.bool("relative_step", default: true))
    }
}
