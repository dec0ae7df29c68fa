import Formats
import HTTP
import Service
import TensorCore

/// Reading and assigning variables.
struct VariableEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.get, "/models/{name}/variables", list).needs(.read),
            Route(.get, "/models/{name}/variables/{variable...}", show).needs(.read),
            Route(.put, "/models/{name}/variables/{variable...}", assign).needs(.train),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let trainable = try request.flag("trainable")
        let withValues = try request.flag("values") ?? false
        let form = try request.answerForm(.json, offered: [.json, .npz, .safetensors])
        let tag = model.entityTag
        let variables = try await model.variables(trainable: trainable, withValues: withValues || form != .json)
        if form != .json {
            return try .tensors(
                NamedTensors(variables.compactMap { v in v.value.map { (v.checkpointName, $0) } }, format: .npz), form)
        }
        return try .conditionalJSON(request, tag: tag) { writer in
            writer.object { writer in
                writer.key("variables")
                writer.array { writer in for variable in variables { writer.variable(variable) } }
            }
        }
    }

    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let tag = model.entityTag
        let variable = try await model.variable(request.parameter("variable"))
        let form = try request.answerForm(.json)
        if form != .json { return try .tensors([variable.checkpointName: variable.value ?? Tensor(0)], form) }
        return try .conditionalJSON(request, tag: tag) { $0.variable(variable) }
    }

    @Sendable func assign(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let name = try request.parameter("variable")
        let spec = try await model.variable(name, withValue: false).spec
        let variable = try await model.assign(value(request, spec), to: name, if: matches(request))
        var response = HTTPResponse.json { $0.variable(variable) }
        response.headers.set("etag", model.entityTag.description)
        return response
    }

    /// The value in the body: `{"value": tensor}`, or a binary form with one tensor.
    private func value(_ request: HTTPRequest, _ spec: TensorSpec) throws -> Tensor {
        let form = try request.bodyForm()
        if form != .json {
            let tensors = try request.binaryTensors(form, loneName: "value")
            guard tensors.count == 1, let only = tensors.pairs.first else {
                throw ServiceError.unfit("the body must hold one tensor, but it holds \(tensors.count)")
            }
            return only.tensor
        }
        var value: Tensor?
        try request.readObject { key, reader in
            guard key == "value" else { throw reader.error(.unknownKey(key, known: ["value"])) }
            value = try reader.tensor(dtype: spec.dtype, expecting: spec.shape)
        }
        guard let value else { throw ServiceError.unfit("the body has no 'value'") }
        return value
    }
}
