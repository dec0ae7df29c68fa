import Formats
import HTTP
import Service
import TensorCore

/// Saving and restoring.
struct CheckpointEndpoints: EndpointGroup {
    let registry: ModelRegistry
    let uploadBytesMax: Int

    var routes: [Route] {
        [
            Route(.post, "/models/{name}/checkpoints", save).needs(.train),
            Route(.get, "/models/{name}/checkpoints", list).needs(.read),
            Route(.get, "/models/{name}/checkpoints/{id}", show).needs(.read),
            Route(.put, "/models/{name}/checkpoints/{id}", body: .streamed(max: uploadBytesMax), upload).needs(.admin),
            Route(.delete, "/models/{name}/checkpoints/{id}", delete).needs(.admin),
            Route(.post, "/models/{name}/restore", restore).needs(.train),
        ]
    }

    @Sendable func save(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let body = try JSONSettings(request, known: ["id"])
        return created(try await registry.saveCheckpoint(of: name, id: body.string("id")), of: name)
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

    /// What there is to tell of a checkpoint, or its tensors where `Accept` asks for one of their forms.
    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let id = try request.parameter("id")
        let types = ["application/json"] + CheckpointForm.allCases.map(\.mediaType)
        guard let type = ContentNegotiation.mediaType(request.headers["accept"], offered: types) else {
            throw HTTPError(
                .notAcceptable,
                "accept is '\(request.headers["accept"] ?? "")', but this gives \(types.joined(separator: ", "))")
        }
        guard let form = CheckpointForm(mediaType: type) else {
            let checkpoint = try registry.checkpoint(id, of: name)
            return .json { $0.checkpoint(checkpoint) }
        }
        let export: CheckpointExport
        do {
            export = try await registry.exportCheckpoint(id, of: name, as: form)
        } catch let error as FormatError {
            throw HTTPError(.notAcceptable, "checkpoint '\(id)' cannot be given as \(type): \(error)")
        }
        return try .conditional(request, type: type, count: export.byteCount, tag: EntityTag(export.identity)) {
            range in
            .stream(export.stream(range ?? 0..<export.byteCount))
        }
    }

    @Sendable func upload(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let id = try request.parameter("id")
        let type = request.headers["content-type"] ?? ""
        guard let form = CheckpointForm.allCases.first(where: { ContentNegotiation.isMediaType(type, $0.mediaType) })
        else {
            let known = CheckpointForm.allCases.map(\.mediaType).joined(separator: ", ")
            throw HTTPError(
                .unsupportedMediaType, "content-type is '\(type)', but this takes \(known)", headers: ["accept": known])
        }
        let checkpoint = try await registry.importCheckpoint(
            id, of: name, as: form, bytesMax: uploadBytesMax, request.nextPiece())
        return created(checkpoint, of: name)
    }

    private func created(_ checkpoint: CheckpointDescription, of name: String) -> HTTPResponse {
        var response = HTTPResponse.json(.created) { $0.checkpoint(checkpoint) }
        response.headers.set("location", "/models/\(name)/checkpoints/\(checkpoint.id)")
        return response
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
