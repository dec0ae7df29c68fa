import Formats
import TensorCore
import TestSupport
import Testing

@testable import Service

struct ModelSettingsTests {
    let directory = TemporaryDirectory()

    @Test func whatIsLeftOutStaysAndNullGoesBack() throws {
        let exact = try ModelSettings().changed(by: ["batching": ["exact": true, "max_batch_size": 8]])
        #expect(exact.batching.isExact && exact.batching.examplesMax == 8 && exact.batching.delayMilliseconds == 0)
        let delayed = try exact.changed(by: ["batching": ["max_delay_ms": 1.5]])
        #expect(
            delayed.batching.isExact && delayed.batching.examplesMax == 8 && delayed.batching.delayMilliseconds == 1.5)
        #expect(try delayed.changed(by: [:]) == delayed)
        #expect(try delayed.changed(by: ["batching": .null]) == ModelSettings())
    }

    @Test(arguments: [
        (#"[]"#, "settings must be an object"), (#"{"name": "a"}"#, "no setting 'name'"),
        (#"{"batching": 1}"#, "batching must be an object"), (#"{"batching": {"size": 1}}"#, "no 'size'"),
        (#"{"batching": {"max_batch_size": 0}}"#, "from 1 to 65536, but it is 0"),
        (#"{"batching": {"max_batch_size": 1.5}}"#, "from 1 to 65536, but it is 1.5"),
        (#"{"batching": {"max_delay_ms": -1}}"#, "from 0 to 10000, but it is -1"),
        (#"{"batching": {"exact": "yes"}}"#, "true or false"),
    ])
    func saysWhatIsWrong(text: String, phrase: String) throws {
        let json = try JSONValue(parsing: text)
        #expect {
            try ModelSettings().changed(by: json)
        } throws: { error in
            "\(error)".contains(phrase)
        }
    }

    @Test func aChangeOutlivesARestartAndARefusedOneChangesNothing() async throws {
        let spec = try ModelSpec(["class_name": "TwoLayerNetwork", "batching": ["max_batch_size": 4]])
        do {
            let registry = try ModelRegistry(directory: directory.path)
            let model = try await registry.put("net", spec).model
            #expect(model.settings.batching.examplesMax == 4)
            let before = model.settingsVersion
            _ = try await registry.change("net", by: ["batching": ["exact": true]])
            #expect(model.settingsVersion > before)
            await #expect(throws: ServiceError.self) {
                try await registry.change("net", by: ["batching": ["exact": 1]])
            }
            #expect(model.settings.batching.isExact)
            await #expect(throws: ServiceError.noSuchModel("nat")) { try await registry.change("nat", by: [:]) }
        }
        let registry = try ModelRegistry(directory: directory.path)
        #expect(await registry.load().isEmpty)
        let batching = try registry.model("net").settings.batching
        #expect(batching.isExact && batching.examplesMax == 4)
    }

    @Test func aCopyHasTheSettingsOfNow() async throws {
        let registry = try ModelRegistry(directory: directory.path)
        _ = try await registry.put("a", ModelSpec(["class_name": "TwoLayerNetwork"]))
        _ = try await registry.change("a", by: ["batching": ["exact": true]])
        #expect(try await registry.copy("a", to: "b").settings.batching.isExact)
    }

    /// Calls that share a run, and the same calls alone.
    private func answers(exact: Bool) async throws -> (together: [[Float]], alone: [[Float]]) {
        let registry = try ModelRegistry(directory: directory.path)
        let model = try await registry.put(
            "net",
            ModelSpec([
                "class_name": "Sequential", "seed": 4,
                "config": [
                    "layers": [
                        ["class_name": "Dense", "config": ["units": 256, "activation": "relu", "input_shape": [784]]],
                        ["class_name": "Dense", "config": ["units": 256, "activation": "tanh"]],
                        ["class_name": "LayerNormalization", "config": [:]],
                        ["class_name": "Dense", "config": ["units": 10, "activation": "softmax"]],
                    ]
                ],
                "batching": ["exact": .bool(exact), "max_delay_ms": 20, "max_batch_size": 24],
            ])
        ).model
        let inputs = (0..<24).map { sample([1 + $0 % 2, 784], scale: 1 + Float($0) / 16) }
        var alone: [[Float]] = []
        for input in inputs { alone.append(try await model.call([input]).outputs[0].values) }
        let together = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (index, input) in inputs.enumerated() {
                group.addTask { (index, try await model.call([input]).outputs[0].values) }
            }
            return try await group.reduce(into: Array(repeating: [Float](), count: 24)) { $0[$1.0] = $1.1 }
        }
        return (together, alone)
    }

    @Test func anExactAnswerIsTheAnswerAloneToTheLastBit() async throws {
        let answers = try await answers(exact: true)
        #expect(answers.together == answers.alone)
    }

    @Test func anAnswerIsWithinRoundingOfTheAnswerAlone() async throws {
        let answers = try await answers(exact: false)
        for (together, alone) in zip(answers.together, answers.alone) {
            #expect(zip(together, alone).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
        }
    }
}
