import Formats
import TensorCore
import TestSupport
import Testing

@testable import Service

struct DataSelectionTests {
    private func port(_ name: String, _ shape: Shape, _ dtype: DType = .float32) -> ModelDescription.Port {
        ModelDescription.Port(name: name, spec: TensorSpec(shape, dtype))
    }

    private func examples(
        _ json: JSONValue, _ arrays: NamedTensors, inputs: [ModelDescription.Port]? = nil,
        outputs: [ModelDescription.Port]? = nil
    ) throws -> Examples {
        try DataSet(id: "d", arrays: arrays).examples(
            DataSelection(json), inputs: inputs ?? [port("inputs", [nil, 2])],
            outputs: outputs ?? [port("outputs", [nil, 1])])
    }

    private let table: NamedTensors = [
        "a": Tensor([3], [1, 2, 3]), "b": Tensor([3], [4, 5, 6]), "c": Tensor([3], [Int64(7), 8, 9]),
    ]

    @Test(arguments: [("inputs", "targets"), ("x", "y"), ("x_train", "y_train")])
    func theUsualNamesNeedNotBeSaid(inputs: String, targets: String) throws {
        let found = try examples(
            ["dataset": "d"],
            NamedTensors(
                [(inputs, sample([3, 2])), (targets, Tensor([3], [Int64(1), 2, 3])), ("sample_weight", sample([3]))],
                format: .npz))
        #expect(found.inputs[0].values == sample([3, 2]).values)
        #expect(found.targets[0].values == [1, 2, 3])
        #expect(found.sampleWeights.count == 1)
    }

    @Test func ofATableTheLastColumnIsTheTarget() throws {
        let found = try examples(["dataset": "d"], table)
        #expect(found.inputs[0].shape == [3, 2] && found.inputs[0].values == [1, 4, 2, 5, 3, 6])
        #expect(found.targets[0].values == [7, 8, 9])
        let chosen = try examples(["dataset": "d", "targets": "a"], table)
        #expect(chosen.inputs[0].values == [4, 7, 5, 8, 6, 9])
    }

    @Test func columnsAreChosenByName() throws {
        let found = try examples(["dataset": "d", "inputs": ["c", "a"], "targets": "b", "sample_weight": "a"], table)
        #expect(found.inputs[0].values == [7, 1, 8, 2, 9, 3])
        #expect(found.targets[0].values == [4, 5, 6] && found.sampleWeights[0].values == [1, 2, 3])
        let one = try examples(
            ["dataset": "d", "inputs": "a", "targets": "b"], table, inputs: [port("inputs", [nil, 1])])
        #expect(one.inputs[0].shape == [3, 1])
    }

    @Test func severalInputsAndOutputsAreFoundByTheirNames() throws {
        let inputs = [port("p", [nil, 1]), port("q", [nil, 2])]
        let outputs = [port("r", [nil, 1]), port("s", [nil, 1])]
        let arrays: NamedTensors = [
            "inputs.p": sample([3, 1]), "q": sample([3, 2]), "targets.r": sample([3, 1]), "targets.s": sample([3, 1]),
            "other": sample([3, 2], scale: 4),
        ]
        #expect(
            try examples(["dataset": "d"], arrays, inputs: inputs, outputs: outputs).inputs.map(\.shape) == [
                [3, 1], [3, 2],
            ])
        let chosen = try examples(
            ["dataset": "d", "inputs": ["q": "other", "p": "inputs.p"], "targets": ["targets.s", "targets.r"]], arrays,
            inputs: inputs, outputs: outputs)
        #expect(chosen.inputs[1].values == sample([3, 2], scale: 4).values)
    }

    @Test(
        arguments: [
            (["dataset": "d", "input": "a"], "data has no 'input'"), (["inputs": "a"], "data.dataset must be the id"),
            (["dataset": "d", "inputs": 1], "data.inputs must be the name of an array"),
            (["dataset": "d", "inputs": ["a", 1]], "data.inputs must be the name of an array or a list"),
            (["dataset": "d", "inputs": []], "data.inputs must be"),
            (["dataset": "d", "inputs": "z"], "data set 'd' has no array 'z'; it has a, b, c"),
            (["dataset": "d", "inputs": ["a"]], "with shape [3, 1], but the model expects [?, 2]"),
            (["dataset": "d", "inputs": ["z": "a"]], "data.inputs speaks of 'z', but the model has inputs"),
        ] as [(JSONValue, String)])
    func whatDoesNotFitIsNamed(json: JSONValue, message: String) {
        #expect {
            try examples(json, table)
        } throws: { error in
            "\(error)".contains(message)
        }
    }

    @Test func arraysWithoutUsualNamesMustBeChosen() {
        #expect {
            try examples(["dataset": "d"], ["p": sample([3, 2]), "q": sample([3, 2])])
        } throws: { error in
            "\(error)".contains("data set 'd' has no array for targets, such as targets, y, y_train; it has p, q")
        }
    }
}
