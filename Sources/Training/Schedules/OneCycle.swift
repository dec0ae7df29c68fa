import Glibc

/// One rise to the greatest rate and one fall far below where it began.
///
/// The rate begins at `rateMax / startDivisor`, reaches `rateMax` after `riseShare` of the steps and ends at the initial rate
/// by `endDivisor`. With three phases it falls as long as it rose, and to the end rate in the rest.
///
/// - Source: Smith & Topin, *Super-Convergence* (2018); torch.optim.lr_scheduler.OneCycleLR.
public struct OneCycle: LearningRateSchedule {
    /// How a rate goes over into another.
    public enum Annealing: String, Sendable, CaseIterable {
        case cosine = "cos"
        case linear
    }

    public let rateMax: Float
    public let totalSteps: Int64
    public let riseShare: Double
    public let startDivisor: Float
    public let endDivisor: Float
    public let annealing: Annealing
    public let hasThreePhases: Bool

    public init(
        _ rateMax: Double, totalSteps: Int64, riseShare: Double = 0.3, startDivisor: Double = 25,
        endDivisor: Double = 10_000, annealing: Annealing = .cosine, hasThreePhases: Bool = false
    ) {
        self.rateMax = Float(rateMax)
        self.totalSteps = totalSteps
        self.riseShare = riseShare
        self.startDivisor = Float(startDivisor)
        self.endDivisor = Float(endDivisor)
        self.annealing = annealing
        self.hasThreePhases = hasThreePhases
    }

    public func rate(at step: Int64) -> Float {
        let initialRate = rateMax / startDivisor
        let endRate = initialRate / endDivisor
        let (total, rise) = (Double(totalSteps), riseShare * Double(totalSteps) - 1)
        var phases = [(end: rise, rate: rateMax)]
        if hasThreePhases { phases.append((2 * riseShare * total - 2, initialRate)) }
        phases.append((total - 1, endRate))
        var (start, from) = (0.0, initialRate)
        for phase in phases {
            if Double(step) < phase.end {
                return annealed(from, phase.rate, Float((Double(step) - start) / (phase.end - start)))
            }
            (start, from) = (phase.end, phase.rate)
        }
        return endRate
    }

    private func annealed(_ from: Float, _ to: Float, _ progress: Float) -> Float {
        switch annealing {
        case .cosine: to + (from - to) * halfCosine(progress)
        case .linear: from + (to - from) * progress
        }
    }
}

extension OneCycle {
    init(configuration: Configuration) throws {
        let riseShare = try configuration.number("pct_start", default: 0.3)
        guard (0...1).contains(riseShare) else { throw configuration.wrongValue("pct_start", "between 0 and 1") }
        self.init(
            try configuration.number("max_lr"), totalSteps: Int64(try configuration.integer("total_steps", atLeast: 1)),
            riseShare: riseShare, startDivisor: try configuration.positive("div_factor", default: 25),
            endDivisor: try configuration.positive("final_div_factor", default: 10_000),
            annealing: try configuration.choice("anneal_strategy", default: .cosine),
            hasThreePhases: try configuration.bool("three_phase", default: false))
    }
}
