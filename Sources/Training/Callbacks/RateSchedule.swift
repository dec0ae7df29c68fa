/// Sets the learning rate at the beginning of each epoch.
///
/// - Source: keras.callbacks.LearningRateScheduler (2.15).
public final class RateSchedule: TrainingCallback {
    private let rate: (_ epoch: Int, _ rate: Double) -> Double

    /// - Parameter rate: from an epoch, counted from 0, and the rate so far.
    public init(_ rate: @escaping (_ epoch: Int, _ rate: Double) -> Double) { self.rate = rate }

    public func epochBegins(_ epoch: Int, _ run: TrainingRun) throws {
        try run.loop.setLearningRate(rate(epoch, run.loop.learningRate))
    }
}
