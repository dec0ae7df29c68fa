import Formats
import HTTP
import Service
import TensorCore

/// Running a model.
struct CallEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.post, "/models/{name}/call", replying: call).needs(.call),
            Route(.post, "/models/{name}/reset_states", resetStates).needs(.call),
        ]
    }

    /// Makes stateful layers begin anew.
    @Sendable func resetStates(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.requireJSON()
        try await registry.model(request.parameter("name")).resetStates()
        return HTTPResponse(.noContent)
    }

    @Sendable func call(_ request: HTTPRequest) throws -> Reply {
        let model = try registry.model(request.parameter("name"))
        let form = try request.bodyForm()
        let answerForm = try request.answerForm(form)
        let signature = model.signature
        @Sendable func read() throws -> CallRequest {
            let start = model.metrics.now()
            defer { model.metrics.readInputs(since: start) }
            return try CallRequest(request, form, for: signature.inputs)
        }
        guard request.body.count <= CallEndpoints.bytesReadOnLoopMax || form == .npy else {
            return later(model, form, answerForm) { try await ComputePool.shared.run { try read() } }
        }
        let body = try read()
        let answer = CallAnswer(model, answerForm, form, body)
        if let result = try model.callAtOnce(body.inputs, training: body.training, signature) {
            return .now(try answer.response(result, signature.outputNames))
        }
        if let start = try model.callOnPool(body.inputs, training: body.training, signature) {
            return .delivered { deliver in
                start { result in
                    deliver(result.flatMap { result in Result { try answer.response(result, signature.outputNames) } })
                }
            }
        }
        return later(model, form, answerForm) { body }
    }

    /// The answer to a call that waits for its inputs, or for the model to look at them.
    private func later(
        _ model: Model, _ form: WireForm, _ answerForm: WireForm,
        _ read: @escaping @Sendable () async throws -> CallRequest
    ) -> Reply {
        .later {
            let body = try await read()
            let result = try await model.call(body.inputs, training: body.training)
            // Read now: the first call of some models builds them.
            return try CallAnswer(model, answerForm, form, body).response(result, model.signature.outputNames)
        }
    }

    /// Reading more than this takes a tenth of a millisecond, in which others would wait: it is done on the pool. The numbers of
    /// npy are not read, but used where they stand.
    private static let bytesReadOnLoopMax = 65_536
}

/// What a call asks: tensors in the order of the model's inputs, and how to run it.
struct CallRequest {
    private(set) var inputs: [Tensor] = []
    private(set) var training = false
    /// Whether the inputs were given by name.
    private(set) var namesInputs = false

    /// - Parameter ports: what the model takes; nil while that is not known.
    init(_ request: HTTPRequest, _ form: WireForm, for ports: [ModelDescription.Port]?) throws {
        if form == .json {
            try readJSON(request, ports)
        } else {
            inputs = try InputTensors.ordered(request.binaryTensors(form), "inputs", ports)
            training = try request.flag("training") ?? false
        }
    }

    /// `{"inputs": tensor | {name: tensor} | [tensor, …], "training"?, "dtype"?}`
    private mutating func readJSON(_ request: HTTPRequest, _ ports: [ModelDescription.Port]?) throws {
        var dtype: DType?
        var hasInputs = false
        var before: JSONReader?
        try request.readMembers { key, reader in
            switch key {
            case "inputs":
                hasInputs = true
                // Kept in case a dtype follows, which the numbers would have to be read by.
                before = reader
                (inputs, namesInputs) = try InputTensors.read(&reader, ports, dtype)
            case "training": training = try reader.bool()
            case "dtype":
                let name = try reader.string()
                guard let named = DType(name: name) else {
                    throw reader.error(.invalidValue(expected: "the name of a dtype", found: "'\(name)'"))
                }
                dtype = named
                if var again = before { (inputs, namesInputs) = try InputTensors.read(&again, ports, named) }
            default: throw reader.error(.unknownKey(key, known: ["inputs", "training", "dtype"]))
            }
        }
        guard hasInputs else { throw ServiceError.unfit("the body has no 'inputs'") }
    }
}

/// The tensors for a model's ports, by name, in a list, or alone.
enum InputTensors {
    /// Reads the value of `inputs`, `targets` or the like.
    ///
    /// - Returns: the tensors in the order of the ports, and whether they were given by name.
    static func read(
        _ reader: inout JSONReader, _ ports: [ModelDescription.Port]?, _ dtype: DType?
    ) throws -> (tensors: [Tensor], areNamed: Bool) {
        func tensor(_ reader: inout JSONReader, _ port: ModelDescription.Port?) throws -> Tensor {
            try reader.tensor(dtype: dtype ?? port?.spec.dtype ?? .float32, expecting: port?.spec.shape)
        }
        if let names = try namesOfObject(&reader, ports) {
            var found: [String: Tensor] = [:]
            try reader.object { name, reader in
                guard names.contains(name) else { throw reader.error(.unknownKey(name, known: names)) }
                found[name] = try tensor(&reader, ports?.first { $0.name == name })
            }
            let ordered = try names.map { name in
                guard let tensor = found[name] else { throw reader.error(.missingKey(name)) }
                return tensor
            }
            return (ordered, true)
        }
        guard let ports, ports.count > 1 else { return ([try tensor(&reader, ports?.first)], false) }
        var list: [Tensor] = []
        try reader.array { index, reader in
            guard index < ports.count else {
                throw reader.error(.ragged(expected: ports.count, found: index + 1))
            }
            list.append(try tensor(&reader, ports[index]))
        }
        return (list, false)
    }

    /// The names that the tensors of an object may have; nil where it is no object of tensors.
    private static func namesOfObject(
        _ reader: inout JSONReader, _ ports: [ModelDescription.Port]?
    ) throws -> [String]? {
        guard try reader.peek() == .object else { return nil }
        let names = ports?.map(\.name) ?? ["inputs"]
        return try reader.isTensorObject(amongInputs: names) ? nil : names
    }

    /// The tensors of a binary body in the order of the ports: `inputs`, or `inputs.<name>` for each.
    static func ordered(
        _ tensors: NamedTensors, _ role: String, _ ports: [ModelDescription.Port]?
    ) throws -> [Tensor] {
        if let lone = tensors[role], (ports?.count ?? 1) == 1 { return [lone] }
        let names = ports?.map { "\(role).\($0.name)" } ?? [role]
        if let unknown = tensors.names.first(where: { $0.hasPrefix(role) && !names.contains($0) && $0 != role }) {
            throw ServiceError.unfit("the body has '\(unknown)', but the model takes \(names.joined(separator: ", "))")
        }
        return try names.map { name in
            guard let tensor = tensors[name] else {
                throw ServiceError.unfit("the body has no '\(name)'; it has \(tensors.names.joined(separator: ", "))")
            }
            return tensor
        }
    }
}

/// How a call is answered.
struct CallAnswer {
    let model: String
    let metrics: ModelMetrics
    let form: WireForm
    /// The form of the question; where the answer has it unasked, it need not be able to hold all of it.
    let questionForm: WireForm
    let namesOutputs: Bool

    init(_ model: Model, _ form: WireForm, _ questionForm: WireForm, _ question: CallRequest) {
        self.model = model.name
        metrics = model.metrics
        self.form = form
        self.questionForm = questionForm
        namesOutputs = question.namesInputs
    }

    /// - Parameter names: of the outputs.
    func response(_ result: CallResult, _ names: [String]) throws -> HTTPResponse {
        let start = metrics.now()
        defer { metrics.wroteOutputs(since: start) }
        var response: HTTPResponse
        if form == .json {
            response = json(result, names)
        } else {
            let isAlone = result.outputs.count == 1
            let tensors = try NamedTensors(
                zip(names, result.outputs).map { (isAlone ? "outputs" : "outputs.\($0)", $1) }, format: .npz)
            response = try .tensors(tensors, form == .npy && questionForm == .npy && !isAlone ? .npz : form)
        }
        response.headers.add("strata-step", String(result.step))
        response.headers.add("strata-version", String(result.version))
        return response
    }

    private func json(_ result: CallResult, _ names: [String]) -> HTTPResponse {
        let elements = result.outputs.reduce(0) { $0 + $1.elementCount }
        return .json(reserving: 128 + elements * 12) { writer in
            writer.object { writer in
                writer.member("model", model)
                writer.member("step", result.step)
                writer.member("version", result.version)
                writer.key("outputs")
                writer.tensors(result.outputs, names: names, byName: namesOutputs && names != ["outputs"])
            }
        }
    }
}
