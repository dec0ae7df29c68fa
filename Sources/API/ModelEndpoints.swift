import Formats
import HTTP
import Service

/// What is loaded. Paths and bodies as in `openapi.yaml`.
struct ModelEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.get, "/models", list).needs(.read),
            Route(.post, "/models", create).needs(.admin),
            Route(.put, "/models/{name}", put).needs(.admin),
            Route(.get, "/models/{name}", show).needs(.read),
            Route(.patch, "/models/{name}", change).needs(.admin),
            Route(.delete, "/models/{name}", delete).needs(.admin),
            Route(.post, "/models/{name}/copy", copy).needs(.admin),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let page = try Page(request)
        let (descriptions, hasMore) = await registry.descriptions(after: page.after, limit: page.limit)
        return .json { writer in
            writer.object { writer in
                writer.key("models")
                writer.array { writer in for description in descriptions { writer.model(description) } }
                writer.member("has_more", hasMore)
            }
        }
    }

    @Sendable func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let json = try request.jsonValue()
        let spec = try ModelSpec(json)
        let model: Model
        if let name = json["name"], !name.isNull {
            guard let name = name.string else { throw ServiceError.unfit("name must be a string, but it is \(name)") }
            model = try await registry.put(name, spec, mayReplace: false).model
        } else {
            model = try await registry.create(spec)
        }
        return await created(model)
    }

    @Sendable func put(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let json = try request.jsonValue()
        if let given = json["name"], !given.isNull, given.string != name {
            throw ServiceError.unfit("the body names the model \(given), but the path names it '\(name)'")
        }
        let spec = try ModelSpec(json)
        let mayReplace = request.headers["if-none-match"] != "*"
        let (model, isNew): (Model, Bool)
        do {
            (model, isNew) = try await registry.put(name, spec, mayReplace: mayReplace, if: matches(request))
        } catch ServiceError.modelExists(let name) {
            throw HTTPError(.preconditionFailed, "if-none-match is *, but there is a model '\(name)' already")
        }
        if isNew { return await created(model) }
        let description = await model.description()
        return .json { $0.model(description) }
    }

    private func created(_ model: Model) async -> HTTPResponse {
        let description = await model.description()
        var response = HTTPResponse.json(.created) { $0.model(description) }
        response.headers.set("location", "/models/\(model.name)")
        return response
    }

    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let description = try await registry.description(of: name)
        return try .conditionalJSON(request, tag: try? registry.model(name).entityTag) { $0.model(description) }
    }

    @Sendable func change(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        guard !request.body.isEmpty else {
            throw HTTPError(.malformedContent, "the body is empty, but it must be an object of the settings to change")
        }
        let json = try request.jsonValue()
        let description = try await registry.change(name, by: json, if: matches(request)).description()
        return .json { $0.model(description) }
    }

    @Sendable func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        let name = try request.parameter("name")
        let withCheckpoints = try request.flag("checkpoints") ?? false
        try await registry.delete(name, withCheckpoints: withCheckpoints, if: matches(request))
        return HTTPResponse(.noContent)
    }

    @Sendable func copy(_ request: HTTPRequest) async throws -> HTTPResponse {
        let body = try JSONSettings(request, known: ["name"])
        guard let name = try body.string("name") else {
            throw ServiceError.unfit("the body has no 'name' for the copy")
        }
        return await created(try await registry.copy(request.parameter("name"), to: name))
    }
}

/// Which part of a list is asked for.
struct Page {
    static let limitMax = 1000
    let after: String?
    let limit: Int

    /// - Throws: 400 for a limit that is no number from 1 to 1000.
    init(_ request: HTTPRequest) throws(HTTPError) {
        after = try request.query.single("after")
        guard let text = try request.query.single("limit") else {
            limit = 100
            return
        }
        guard let number = Int(text), (1...Page.limitMax).contains(number) else {
            throw HTTPError(
                .malformedQuery, "query parameter 'limit' must be from 1 to \(Page.limitMax), but it is '\(text)'")
        }
        limit = number
    }
}
