import Testing

@testable import Training

struct EarlyStoppingRuleTests {
    /// The epoch after which it stops, nil for never.
    private func stop(_ rule: EarlyStoppingRule, _ values: [Double]) -> Int? {
        var rule = rule
        return values.indices.first { rule.judge(values[$0], epoch: $0) == .stop }
    }

    @Test func waitsAsLongAsItsPatience() {
        let values = [5.0, 4, 4.5, 4.2, 4.1, 3]
        #expect(stop(EarlyStoppingRule(.minimum), values) == 2)
        #expect(stop(EarlyStoppingRule(.minimum, patience: 3), values) == 4)
        #expect(stop(EarlyStoppingRule(.minimum, patience: 4), values) == nil)
        #expect(stop(EarlyStoppingRule(.maximum, patience: 2), values.map { -$0 }) == 3)
    }

    @Test func asksForMoreThanTheLeastDifference() {
        #expect(stop(EarlyStoppingRule(.minimum, minDelta: 0.5, patience: 2), [5, 4.8, 4.6, 4.4]) == 2)
        #expect(stop(EarlyStoppingRule(.minimum, minDelta: -0.1, patience: 2), [5, 4.8, 4.6, 4.4]) == nil)
    }

    @Test func wantsABaselineReached() {
        #expect(stop(EarlyStoppingRule(.minimum, patience: 2, baseline: 1), [5, 4, 3, 2.9]) == nil)
        #expect(stop(EarlyStoppingRule(.minimum, patience: 2, baseline: 1), [5, 4, 4, 3]) == 2)
    }

    @Test func doesNotCountTheFirstEpochs() {
        #expect(stop(EarlyStoppingRule(.minimum, patience: 1, startEpoch: 3), [1, 2, 3, 4, 5]) == 4)
    }

    @Test func remembersTheBest() {
        var rule = EarlyStoppingRule(.minimum, patience: 9)
        for (epoch, value) in [3.0, 1, 2, .nan].enumerated() { _ = rule.judge(value, epoch: epoch) }
        #expect(rule.bestValue == 1 && rule.bestEpoch == 1)
    }

    @Test func guessesTheGoalByTheName() {
        #expect(MonitorGoal(for: "val_accuracy") == .maximum && MonitorGoal(for: "auc") == .maximum)
        #expect(MonitorGoal(for: "val_loss") == .minimum)
    }
}
