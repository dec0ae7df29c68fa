import TensorCore
import TestSupport
import Testing

@testable import Training

struct TerminalProgressTests {
    private final class Screen {
        var text = ""
        var time = 0.0
    }

    private func shown(isTerminal: Bool) throws -> String {
        let screen = Screen()
        nonisolated(unsafe) let held = screen
        // Each look at the clock is a quarter of a second later.
        let progress = TerminalProgress(
            isTerminal: isTerminal,
            clock: {
                held.time += 0.25
                return held.time
            }, write: { held.text += $0 })
        try trainingLoop(Optimizer(GradientDescent(), learningRate: 0)).fit(
            Examples(sample([8, 3]), sample([8, 1])), epochs: 2, batchSize: 4, callbacks: [progress])
        return screen.text
    }

    @Test func writesALineForEachEpoch() throws {
        let lines = try shown(isTerminal: false).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("epoch 1/2 ████████████████████ 2/2 · ") && lines[0].contains(" s · loss 0."))
    }

    @Test func growsTheBarOnATerminal() throws {
        let text = try shown(isTerminal: true)
        #expect(text.contains("\repoch 1/2 ██████████░░░░░░░░░░ 1/2"))
        #expect(text.hasSuffix("\n"))
    }

    @Test func showsFourDigitsThatCount() {
        for (value, text) in [
            (0.123_46, "0.1235"), (12.5, "12.5000"), (0, "0.0000"), (-0.5, "-0.5000"), (1.234_5e-5, "1.235e-5"),
            (9.999_99e-7, "1.000e-6"), (123_456, "1.235e5"), (.infinity, "inf"),
        ] {
            #expect(TerminalProgress.short(value) == text)
        }
    }
}
