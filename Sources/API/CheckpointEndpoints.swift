import Formats
import HTTP
import Service

/// Saving and restoring.
struct CheckpointEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.post, "/models/{name}/checkpoints", save),
            Route(.get, "/models/{name}/checkpoints", list),
            Route(.get, "/models/{name}/checkpoints/{id}", show),
            Route(.delete, "/models/{name}/checkpoints/{id}", delete),
            Route(.post, "/models/{name}/restore", restore),
        ]
    }

    @Sendable func save(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let body = try JSONSettings(request, known: ["id"])
        let checkpoint = try await registry.saveCheckpoint(of: name, id: body.string("id"))
        var response = HTTPResponse.json(.created) { $0.checkpoint(checkpoint) }
        response.headers.set("location", "/models/\(name)/checkpoints/\(checkpoint.id)")
        return response
    }

    @Sendable func list(_ request: HTTPRequest) throws -> HTTPResponse {
        let checkpoints = try registry.checkpoints(of: request.parameter("name"))
        return .json { writer in
            writer.object { writer in
                writer.key("checkpoints")
                writer.array { writer in for checkpoint in checkpoints { writer.checkpoint(checkpoint) } }
            }
        }
    }

    @Sendable func show(_ request: HTTPRequest) throws -> HTTPResponse {
        let checkpoint = try registry.checkpoint(request.parameter("id"), of: request.parameter("name"))
        return .json { $0.checkpoint(checkpoint) }
    }

    @Sendable func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await registry.deleteCheckpoint(request.parameter("id"), of: request.parameter("name"))
        return HTTPResponse(.noContent)
    }

    @Sendable func restore(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let body = try JSONSettings(request, known: ["checkpoint", "map", "partial"])
        guard let id = try body.string("checkpoint") else {
            throw ServiceError.unfit("the body has no 'checkpoint': name one by its id, or say latest")
        }
        let model = try await registry.restore(
            name, checkpoint: id == "latest" ? nil : id, map: body.strings("map") ?? [:],
            partial: body.bool("partial") ?? false)
        let description = await model.description()
        return .json { $0.model(description) }
    }
}
