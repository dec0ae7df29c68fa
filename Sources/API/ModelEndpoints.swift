import Formats
import HTTP
import Service

/// What is loaded. Paths and bodies as in `openapi.yaml`.
struct ModelEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.get, "/models", list),
            Route(.put, "/models/{name}", put),
            Route(.get, "/models/{name}", show),
            Route(.delete, "/models/{name}", delete),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let descriptions = await registry.descriptions()
        return .json { writer in
            writer.object { writer in
                writer.key("models")
                writer.array { writer in for description in descriptions { writer.model(description) } }
                writer.member("has_more", false)
            }
        }
    }

    @Sendable func put(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let json = try request.jsonValue()
        if let given = json["name"], given.string != name {
            throw ServiceError.unfit("the body names the model \(given), but the path names it '\(name)'")
        }
        let mayReplace = request.headers["if-none-match"] != "*"
        let spec = try ModelSpec(json)
        let (model, isNew): (Model, Bool)
        do {
            (model, isNew) = try await registry.put(name, spec, mayReplace: mayReplace)
        } catch ServiceError.modelExists(let name) {
            throw HTTPError(.preconditionFailed, "if-none-match is *, but there is a model '\(name)' already")
        }
        let description = await model.description()
        var response = HTTPResponse.json(isNew ? .created : .ok) { $0.model(description) }
        if isNew { response.headers.set("location", "/models/\(name)") }
        return response
    }

    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let description = try await registry.description(of: request.parameter("name"))
        return .json { $0.model(description) }
    }

    @Sendable func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await registry.delete(request.parameter("name"), withCheckpoints: request.flag("checkpoints") ?? false)
        return HTTPResponse(.noContent)
    }
}
