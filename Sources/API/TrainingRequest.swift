import Formats
import HTTP
import Service
import TensorCore

/// What a request about training carries: a batch of examples, and for gradients what they are with respect to.
struct TrainingRequest {
    private(set) var batch: Examples
    /// How many examples are looked at together; nil for all.
    private(set) var batchSize: Int?
    private(set) var sources = Model.GradientSources()
    /// Whether the inputs were given by name.
    private(set) var namesInputs = false

    /// What a body may have beside inputs and targets.
    enum Extent {
        case weights
        /// And a selection of a data set in place of the tensors.
        case weightsOrData(DataSetRegistry)
        /// And `wrt`.
        case sources
    }

    init(_ request: HTTPRequest, for model: Model, _ extent: Extent) async throws {
        let withRespectTo = if case .sources = extent { true } else { false }
        var selection: DataSelection?

        let form = try request.bodyForm()
        guard form == .json else {
            batch = try TrainingRequest.batch(request.binaryTensors(form), for: model)
            if withRespectTo { sources = try GradientQuery(request).sources }
            return
        }
        var reading = BatchReading(model)
        var sources = Model.GradientSources()
        var batchSize: Int?
        let known = ["inputs", "targets"] + extent.keys
        try request.readObject { key, reader in
            guard known.contains(key) else { throw reader.error(.unknownKey(key, known: known)) }
            switch key {
            case "wrt": sources = try TrainingRequest.readSources(&reader)
            case "data": selection = try DataSelection(reader.value())
            case "batch_size":
                let size = try reader.int()
                guard size > 0 else {
                    throw reader.error(.invalidValue(expected: "a batch size from 1", found: "\(size)"))
                }
                batchSize = size
            default: _ = try reading.read(key, &reader)
            }
        }
        if let selection, case .weightsOrData(let dataSets) = extent {
            guard reading.isEmpty else { throw ServiceError.unfit("the body has both data and inputs or targets") }
            batch = try await dataSets.examples(selection, for: model)
        } else {
            batch = try reading.batch()
        }
        namesInputs = reading.namesInputs
        self.sources = sources
        self.batchSize = batchSize
    }

    /// `{"variables"?: true | [names], "inputs"?: false}`
    private static func readSources(_ reader: inout JSONReader) throws -> Model.GradientSources {
        var sources = Model.GradientSources()
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
        return sources
    }

    /// The tensors of a binary body: `inputs`, `targets`, `sample_weight`, or with `.<name>` for each of several.
    static func batch(_ tensors: NamedTensors, for model: Model) throws -> Examples {
        let roles = ["inputs", "targets", "sample_weight"]
        if let unknown = tensors.names.first(where: { name in
            !roles.contains { name == $0 || name.hasPrefix($0 + ".") }
        }) {
            throw ServiceError.unfit("the body has '\(unknown)', but this takes \(roles.joined(separator: ", "))")
        }
        let outputs = model.knownOutputs
        var sampleWeights: [Tensor] = []
        if let shared = tensors["sample_weight"] {
            sampleWeights = [shared]
        } else if tensors.names.contains(where: { $0.hasPrefix("sample_weight.") }) {
            sampleWeights = try InputTensors.ordered(tensors, "sample_weight", outputs)
        }
        return try Examples(
            inputs: try InputTensors.ordered(tensors, "inputs", model.inputs),
            targets: try InputTensors.ordered(tensors, "targets", outputs), sampleWeights: sampleWeights)
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

    /// Whether nothing was read.
    var isEmpty: Bool { inputs == nil && targets == nil && weights.isEmpty }

    func batch() throws -> Examples {
        guard let inputs else { throw ServiceError.unfit("the body has no 'inputs'") }
        guard let targets else { throw ServiceError.unfit("the body has no 'targets'") }
        return try Examples(inputs: inputs, targets: targets, sampleWeights: weights)
    }
}

extension TrainingRequest.Extent {
    fileprivate var keys: [String] {
        switch self {
        case .weights: ["sample_weight"]
        case .weightsOrData: ["sample_weight", "data", "batch_size"]
        case .sources: ["sample_weight", "wrt"]
        }
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
