import Formats
import HTTP
import Service
import TensorCore

/// Running a model.
struct CallEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [Route(.post, "/models/{name}/call", call)]
    }

    @Sendable func call(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let body = try CallRequest(request, for: model.inputs)
        let result = try await model.call(body.inputs, training: body.training)
        return CallAnswer(model: model.name, result: result).response
    }
}

/// The body of a call: `{"inputs": tensor | {name: tensor} | [tensor, …], "training"?, "dtype"?}`.
struct CallRequest {
    private(set) var inputs: [Tensor] = []
    private(set) var training = false

    /// - Parameter ports: what the model takes; nil while that is not known.
    init(_ request: HTTPRequest, for ports: [ModelDescription.Port]?) throws {
        var dtype: DType?
        var hasInputs = false
        var before: JSONReader?
        try request.readObject { key, reader in
            switch key {
            case "inputs":
                hasInputs = true
                // Kept in case a dtype follows, which the numbers would have to be read by.
                before = reader
                inputs = try CallRequest.tensors(&reader, ports, dtype)
            case "training": training = try reader.bool()
            case "dtype":
                let name = try reader.string()
                guard let named = DType(name: name) else {
                    throw reader.error(.invalidValue(expected: "the name of a dtype", found: "'\(name)'"))
                }
                dtype = named
                if var again = before { inputs = try CallRequest.tensors(&again, ports, named) }
            default:
                throw reader.error(.unknownKey(key, known: ["inputs", "training", "dtype"]))
            }
        }
        guard hasInputs else { throw ServiceError.unfit("the body has no 'inputs'") }
    }

    private static func tensors(
        _ reader: inout JSONReader, _ ports: [ModelDescription.Port]?, _ dtype: DType?
    ) throws -> [Tensor] {
        func read(_ reader: inout JSONReader, _ port: ModelDescription.Port?) throws -> Tensor {
            try reader.tensor(dtype: dtype ?? port?.spec.dtype ?? .float32, expecting: port?.spec.shape)
        }
        let names = ports?.map(\.name) ?? ["inputs"]
        if try reader.peek() == .object, try !reader.isTensorObject(amongInputs: names) {
            var found: [String: Tensor] = [:]
            try reader.object { name, reader in
                guard names.contains(name) else { throw reader.error(.unknownKey(name, known: names)) }
                found[name] = try read(&reader, ports?.first { $0.name == name })
            }
            return try names.map { name in
                guard let tensor = found[name] else { throw reader.error(.missingKey(name)) }
                return tensor
            }
        }
        guard let ports, ports.count > 1 else { return [try read(&reader, ports?.first)] }
        var list: [Tensor] = []
        try reader.array { index, reader in list.append(try read(&reader, index < ports.count ? ports[index] : nil)) }
        return list
    }
}

/// The answer of a call.
struct CallAnswer {
    let model: String
    let result: CallResult

    var response: HTTPResponse {
        var response = HTTPResponse.json { writer in
            writer.object { writer in
                writer.member("model", model)
                writer.member("step", result.step)
                writer.member("version", result.version)
                writer.key("outputs")
                if result.outputs.count == 1 {
                    writer.tensor(result.outputs[0])
                } else {
                    writer.array { writer in for output in result.outputs { writer.tensor(output) } }
                }
            }
        }
        response.headers.add("strata-step", String(result.step))
        response.headers.add("strata-version", String(result.version))
        return response
    }
}
