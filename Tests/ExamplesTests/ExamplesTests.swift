import Strata
import Testing

@testable import Characters
@testable import Diabetes
@testable import Digits
@testable import Iris

/// The examples at work, smaller than they run by themselves.
struct ExamplesTests {
    @Test func denseLayersLearnDigits() throws {
        #expect(try Digits.train(Digits.denseNetwork, epochs: 5, rate: 0.003, callbacks: []) > 0.94)
    }

    @Test func aConvolutionalNetworkLearnsDigits() throws {
        #expect(try Digits.train(Digits.convolutionalNetwork, epochs: 2, rate: 0.003, callbacks: []) > 0.9)
    }

    @Test func irisesAreToldApart() throws {
        #expect(try Iris.train(epochs: 40, callbacks: []) > 0.9)
    }

    @Test func diseaseIsForetold() throws {
        #expect(try Diabetes.train(epochs: 30, callbacks: []) > 0.3)
    }

    @Test func lettersBecomeWords() throws {
        let writer = try Characters.train(epochs: 6, sentences: 600, callbacks: [])
        let text = try writer.write(80, after: "the ")
        #expect(text.count == 80 && ExampleText.knownShare(of: text) > 0.3)
    }
}
