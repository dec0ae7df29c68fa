import Formats
import Testing

@testable import Checkpoints

struct CheckpointRotationTests {
    @Test func keepsTheNewest() {
        var rotation = CheckpointRotation(policy: CheckpointPolicy(keepLast: 2), sparedUntil: 0, kept: [])
        #expect(rotation.saved("a", at: 1) == [])
        #expect(rotation.saved("b", at: 2) == [])
        #expect(rotation.saved("c", at: 3) == ["a"])
        // Until it is gone it is noted, and named again.
        #expect(rotation.kept.map(\.id) == ["a", "b", "c"])
        #expect(rotation.saved("d", at: 4) == ["a", "b"])
        for id in ["a", "b"] { rotation.forget(id) }
        #expect(rotation.kept.map(\.id) == ["c", "d"])
        #expect(rotation.stateFile == CheckpointState(latest: "d", all: ["c", "d"]))
    }

    @Test func countsACheckpointSavedAgainAsNew() {
        var rotation = CheckpointRotation(
            policy: CheckpointPolicy(keepLast: 2), sparedUntil: 0, kept: [("a", 0), ("b", 0)])
        #expect(rotation.saved("a", at: 3) == [])
        #expect(rotation.saved("c", at: 4) == ["b"])
    }

    /// As TensorFlow's Saver: one that falls off is spared if it was saved after the next mark, which then moves on.
    @Test func sparesOneEveryFewHours() {
        var rotation = CheckpointRotation(
            policy: CheckpointPolicy(keepLast: 1, keepEveryHours: 1), sparedUntil: 0, kept: [])
        var removed: [String] = []
        for minute in stride(from: 0, through: 240, by: 20) {
            let excess = rotation.saved("m\(minute)", at: Double(minute * 60))
            for id in excess { rotation.forget(id) }
            removed += excess
        }
        let all = Set(stride(from: 0, through: 240, by: 20).map { "m\($0)" })
        #expect(all.subtracting(removed) == ["m80", "m140", "m200", "m240"])
    }

    @Test func keepsAllByDefault() {
        var rotation = CheckpointRotation(policy: .all, sparedUntil: 0, kept: [])
        for number in 0..<50 { #expect(rotation.saved("\(number)", at: Double(number)) == []) }
        rotation.forget("7")
        #expect(rotation.kept.count == 49)
    }
}
