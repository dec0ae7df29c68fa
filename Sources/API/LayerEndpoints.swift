import Formats
import HTTP
import Service

/// The tree of layers, and what they add to the loss.
struct LayerEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [
            Route(.get, "/models/{name}/layers", list).needs(.read),
            Route(.get, "/models/{name}/layers/{layer...}", show).needs(.read),
            Route(.get, "/models/{name}/losses", losses).needs(.read),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let layers = try await registry.model(request.parameter("name")).layers()
        return .json { writer in
            writer.object { writer in
                writer.key("layers")
                writer.array { writer in for layer in layers { writer.layer(layer) } }
            }
        }
    }

    /// By name or by index, nested by further slashes: `blocks/0/dense`.
    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try registry.model(request.parameter("name"))
        let path = try request.parameter("layer")
        let layer = try await model.layer(at: path)
        return .json { $0.layer(layer) }
    }

    @Sendable func losses(_ request: HTTPRequest) async throws -> HTTPResponse {
        let losses = try await registry.model(request.parameter("name")).losses()
        return .json { writer in
            writer.object { writer in
                writer.member("step", losses.step)
                writer.member("version", losses.version)
                writer.key("losses")
                writer.array { writer in for loss in losses.outputs { writer.tensor(loss) } }
            }
        }
    }
}
