import Formats
import HTTP
import Service
import TensorCore

/// What a request about training carries: a batch of examples, and for gradients what they are with respect to.
struct TrainingRequest {
    private(set) var batch = TrainingBatch(inputs: [], targets: [])
    private(set) var sources = Model.GradientSources()
    /// Whether the inputs were given by name.
    private(set) var namesInputs = false

    /// - Parameter withRespectTo: whether the body may have `wrt`, and no weights.
    init(_ request: HTTPRequest, for model: Model, withRespectTo: Bool = false) throws {
        let form = try request.bodyForm()
        if form == .json {
            try readJSON(request, model, withRespectTo)
        } else {
            batch = try TrainingRequest.batch(request.binaryTensors(form), for: model, weights: !withRespectTo)
            if withRespectTo { sources = try GradientQuery(request).sources }
        }
    }

    /// `{"inputs", "targets", "sample_weight"?, "wrt"?}`
    private mutating func readJSON(_ request: HTTPRequest, _ model: Model, _ withRespectTo: Bool) throws {
        var reading = BatchReading(model)
        let extra = withRespectTo ? "wrt" : "sample_weight"
        try request.readObject { key, reader in
            if key == "wrt", withRespectTo {
                try readSources(&reader)
            } else if key == "sample_weight" && withRespectTo {
                throw reader.error(.unknownKey(key, known: ["inputs", "targets", extra]))
            } else if try !reading.read(key, &reader) {
                throw reader.error(.unknownKey(key, known: ["inputs", "targets", extra]))
            }
        }
        batch = try reading.batch()
        namesInputs = reading.namesInputs
    }

    /// `{"variables"?: true | [names], "inputs"?: false}`
    private mutating func readSources(_ reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "variables":
                if try reader.peek() == .bool {
                    sources.variables = try reader.bool() ? nil : []
                } else {
                    var names: [String] = []
                    try reader.array { _, reader in names.append(try reader.string()) }
                    sources.variables = names
                }
            case "inputs": sources.includesInputs = try reader.bool()
            default: throw reader.error(.unknownKey(key, known: ["variables", "inputs"]))
            }
        }
    }

    /// The tensors of a binary body: `inputs`, `targets`, `sample_weight`, or with `.<name>` for each of several.
    static func batch(_ tensors: NamedTensors, for model: Model, weights: Bool) throws -> TrainingBatch {
        let roles = ["inputs", "targets"] + (weights ? ["sample_weight"] : [])
        if let unknown = tensors.names.first(where: { name in
            !roles.contains { name == $0 || name.hasPrefix($0 + ".") }
        }) {
            throw ServiceError.unfit("the body has '\(unknown)', but this takes \(roles.joined(separator: ", "))")
        }
        let outputs = model.knownOutputs
        var batch = TrainingBatch(
            inputs: try InputTensors.ordered(tensors, "inputs", model.inputs),
            targets: try InputTensors.ordered(tensors, "targets", outputs))
        if let shared = tensors["sample_weight"] {
            batch.sampleWeights = [shared]
        } else if tensors.names.contains(where: { $0.hasPrefix("sample_weight.") }) {
            batch.sampleWeights = try InputTensors.ordered(tensors, "sample_weight", outputs)
        }
        return batch
    }
}

/// The members of a JSON object that make a batch, as they come.
struct BatchReading {
    private let inputPorts: [ModelDescription.Port]?
    private let outputPorts: [ModelDescription.Port]?
    private var inputs: [Tensor]?
    private var targets: [Tensor]?
    private var weights: [Tensor] = []
    private(set) var namesInputs = false

    init(_ model: Model) {
        inputPorts = model.inputs
        outputPorts = model.knownOutputs
    }

    /// Reads the value of `key` if it is a batch's.
    mutating func read(_ key: String, _ reader: inout JSONReader) throws -> Bool {
        switch key {
        case "inputs":
            let read = try InputTensors.read(&reader, inputPorts, nil)
            (inputs, namesInputs) = (read.tensors, read.areNamed)
        case "targets":
            // Labels are told by their loss what they have to be; their shape is not the output's.
            let ports = outputPorts?.map { ModelDescription.Port(name: $0.name, spec: $0.spec.forTargets) }
            targets = try InputTensors.read(&reader, ports, nil).tensors
        case "sample_weight": weights = try readWeights(&reader)
        default: return false
        }
        return true
    }

    /// One tensor for all outputs, or one for each, in a list or by name.
    private func readWeights(_ reader: inout JSONReader) throws -> [Tensor] {
        var ahead = reader
        var isList = false
        if try ahead.peek() == .array {
            try ahead.array { index, reader in
                if index == 0, try reader.peek() == .array || reader.peek() == .object { isList = true }
                try reader.skip()
            }
        }
        let ports = outputPorts?.map { ModelDescription.Port(name: $0.name, spec: TensorSpec([nil])) }
        let isMap = try reader.peek() == .object && !reader.isTensorObject(amongInputs: ports?.map(\.name) ?? [])
        let isShared = !isMap && !(isList && (ports?.count ?? 1) > 1)
        if isShared { return [try reader.tensor(dtype: .float32)] }
        return try InputTensors.read(&reader, ports, nil).tensors
    }

    func batch() throws -> TrainingBatch {
        guard let inputs else { throw ServiceError.unfit("the body has no 'inputs'") }
        guard let targets else { throw ServiceError.unfit("the body has no 'targets'") }
        return TrainingBatch(inputs: inputs, targets: targets, sampleWeights: weights)
    }
}

/// The arguments of a binary request for gradients: `?variables=true|false` and `?inputs=true|false`.
private struct GradientQuery {
    let sources: Model.GradientSources

    init(_ request: HTTPRequest) throws {
        let variables = try request.flag("variables") ?? true
        sources = Model.GradientSources(
            variables: variables ? nil : [], includesInputs: try request.flag("inputs") ?? false)
    }
}

extension Model {
    /// What a call gives; nil before the model is built.
    var knownOutputs: [ModelDescription.Port]? { inputs == nil ? nil : outputs }
}

extension TensorSpec {
    /// What is read for a target of this output: its dtype, whatever the shape.
    fileprivate var forTargets: TensorSpec { TensorSpec([], dtype.isFloatingPoint ? dtype : .float32) }
}
