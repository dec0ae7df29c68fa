import Formats
import HTTP
import Service
import TensorCore

/// Data to train on, uploaded once and used by name.
struct DataSetEndpoints: EndpointGroup {
    let service: APIService

    var routes: [Route] {
        [
            Route(.get, "/datasets", list).needs(.read),
            Route(.put, "/datasets/{id}", body: .streamed(max: service.uploadBytesMax), upload).needs(.train),
            Route(.get, "/datasets/{id}", show).needs(.read),
            Route(.delete, "/datasets/{id}", delete).needs(.train),
        ]
    }

    @Sendable func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        let dataSets = try await service.dataSets.descriptions()
        return .json { writer in
            writer.object { writer in
                writer.key("datasets")
                writer.array { writer in for dataSet in dataSets { writer.dataSet(dataSet) } }
            }
        }
    }

    @Sendable func upload(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = try request.parameter("id")
        let type = request.headers["content-type"] ?? ""
        guard
            let form = DataSetRegistry.Form.allCases.first(where: { ContentNegotiation.isMediaType(type, $0.mediaType) }
            )
        else {
            let known = DataSetRegistry.Form.allCases.map(\.mediaType).joined(separator: ", ")
            throw HTTPError(
                .unsupportedMediaType, "content-type is '\(type)', but this takes \(known)", headers: ["accept": known])
        }
        let (dataSet, isNew) = try await service.dataSets.put(
            id, form, bytesMax: service.uploadBytesMax, request.nextPiece())
        var response = HTTPResponse.json(isNew ? .created : .ok) { $0.dataSet(dataSet) }
        if isNew { response.headers.set("location", "/datasets/\(id)") }
        return response
    }

    @Sendable func show(_ request: HTTPRequest) async throws -> HTTPResponse {
        let id = try request.parameter("id")
        let dataSet = try await ComputePool.shared.run { [service] in try service.dataSets.description(of: id) }
        return .json { $0.dataSet(dataSet) }
    }

    @Sendable func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await service.dataSets.delete(request.parameter("id"))
        return HTTPResponse(.noContent)
    }
}

extension JSONWriter {
    fileprivate mutating func dataSet(_ dataSet: DataSetDescription) {
        object { writer in
            writer.member("id", dataSet.id)
            writer.key("arrays")
            writer.array { writer in
                for array in dataSet.arrays {
                    writer.object { writer in
                        writer.member("name", array.name)
                        writer.key("shape")
                        writer.shape(array.spec.shape)
                        writer.member("dtype", array.spec.dtype.name)
                    }
                }
            }
            writer.member("bytes", dataSet.byteCount)
            writer.member("created_at", dataSet.createdAt)
        }
    }
}
