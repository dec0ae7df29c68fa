import Formats
import HTTP
import Service
import TensorCore

/// Reading and assigning variables.
struct VariableEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.get, "/models/{name}/variables", list),
            Route(.get, "/models/{name}/variables/{variable...}", show),
            Route(.put, "/models/{name}/variables/{variable...}", assign),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let variables = await model.variables(
            trainable: try request.flag("trainable"), withValues: try request.flag("values") ?? false)
        return .json { writer in
            writer.object { writer in
                writer.key("variables")
                writer.array { writer in for variable in variables { writer.variable(variable) } }
            }
        }
    }

    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let variable = try await model.variable(request.parameter("variable"))
        return .json { $0.variable(variable) }
    }

    @Sendable func assign(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let name = try request.parameter("variable")
        let spec = try await model.variable(name).spec
        var value: Tensor?
        try request.readObject { key, reader in
            guard key == "value" else { throw reader.error(.unknownKey(key, known: ["value"])) }
            value = try reader.tensor(dtype: spec.dtype, expecting: spec.shape)
        }
        guard let value else { throw ServiceError.unfit("the body has no 'value'") }
        let variable = try await model.assign(value, to: name)
        return .json { $0.variable(variable) }
    }
}
