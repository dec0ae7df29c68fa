import HTTP

/// The groups of endpoints, one line each.
enum Routes {
    static func all(_ service: APIService) -> [Route] {
        let groups: [any EndpointGroup] = [
            ServerEndpoints(service: service),
            ModelEndpoints(registry: service.registry),
            CallEndpoints(registry: service.registry),
            VariableEndpoints(registry: service.registry),
            LayerEndpoints(registry: service.registry),
            TrainingEndpoints(service: service),
            DataSetEndpoints(service: service),
            JobEndpoints(service: service),
            CheckpointEndpoints(registry: service.registry, uploadBytesMax: service.uploadBytesMax),
        ]
        return groups.flatMap(\.routes)
    }
}

/// Routes that belong together, like a table of contents, with their handlers below.
protocol EndpointGroup: Sendable {
    var routes: [Route] { get }
}
