import Formats
import HTTP
import Service

/// The tree of layers.
struct LayerEndpoints: EndpointGroup {
    let registry: ModelRegistry

    var routes: [Route] {
        [Route(.get, "/models/{name}/layers", list)]
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
}
