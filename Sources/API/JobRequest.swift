import Formats
import HTTP
import Service
import TensorCore

/// What a job is asked to do: `{"data": {"inputs", "targets", "sample_weight"?} | {"dataset", …}, …settings}`; in the binary
/// forms the data are the body, and the settings travel as query parameters.
struct JobRequest {
    let settings: JobSettings
    let data: JobRegistry.Data

    init(_ request: HTTPRequest, for model: Model) throws {
        let form = try request.bodyForm()
        guard form == .json else {
            data = .examples(try TrainingRequest.batch(request.binaryTensors(form), for: model))
            settings = try JobRequest.settings(request)
            return
        }
        var data: JobRegistry.Data?
        var members: [(String, JSONValue)] = []
        try request.readObject { key, reader in
            if key == "data" {
                data = try JobRequest.data(&reader, for: model)
            } else {
                members.append((key, try reader.value()))
            }
        }
        settings = try JobSettings(.object(JSONObject(members)))
        guard let data else { throw ServiceError.unfit("the body has no 'data'") }
        self.data = data
    }

    private static func data(_ reader: inout JSONReader, for model: Model) throws -> JobRegistry.Data {
        if try reader.peek() == .object, try reader.peekKeys(limit: 8)?.contains("dataset") ?? false {
            return .selection(try DataSelection(reader.value()))
        }
        var reading = BatchReading(model)
        let known = ["inputs", "targets", "sample_weight"]
        try reader.object { key, reader in
            guard try reading.read(key, &reader) else {
                throw reader.error(.unknownKey(key, known: known + ["dataset"]))
            }
        }
        return .examples(try reading.batch())
    }

    /// The settings of a binary request: `?epochs=3&shuffle=false`.
    private static func settings(_ request: HTTPRequest) throws -> JobSettings {
        var members: [(String, JSONValue)] = []
        for key in JobSettings.keys {
            guard let text = try request.query.single(key) else { continue }
            members.append((key, (try? JSONValue(parsing: text)) ?? .string(text)))
        }
        return try JobSettings(.object(JSONObject(members)))
    }
}
