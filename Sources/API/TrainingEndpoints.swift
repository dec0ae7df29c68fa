import Formats
import HTTP
import Service
import TensorCore

/// One step of training, and what can be asked about one.
struct TrainingEndpoints: EndpointGroup {
    let service: APIService

    var routes: [Route] {
        [
            Route(.post, "/models/{name}/train", train).needs(.train, isRoutine: true),
            Route(.post, "/models/{name}/evaluate", evaluate).needs(.call),
            Route(.post, "/models/{name}/gradients", gradients).needs(.call),
        ]
    }

    @Sendable func train(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try service.registry.model(request.parameter("name"))
        let key = try request.idempotencyKey()
        let batch = try await TrainingRequest(request, for: model, .weights).batch
        guard let key else { return TrainingEndpoints.answer(try await model.train(batch)) }
        let (outcome, isRepeat) = try await model.ledger.once(key, fingerprint: request.fingerprint()) {
            try await model.train(batch)
        }
        var response = TrainingEndpoints.answer(outcome)
        if isRepeat { response.headers.set("idempotency-replayed", "true") }
        return response
    }

    @Sendable func evaluate(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try service.registry.model(request.parameter("name"))
        let body = try await TrainingRequest(request, for: model, .weightsOrData(service.dataSets))
        return TrainingEndpoints.answer(try await model.evaluate(body.batch, batchSize: body.batchSize))
    }

    private static func answer(_ outcome: TrainingOutcome) -> HTTPResponse {
        var response = HTTPResponse.json { writer in
            writer.object { writer in
                writer.member("step", outcome.step)
                writer.member("version", outcome.version)
                writer.key("loss")
                writer.figure(outcome.loss)
                writer.figures("metrics", outcome.metrics)
            }
        }
        response.note(step: outcome.step, version: outcome.version)
        return response
    }

    @Sendable func gradients(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try service.registry.model(request.parameter("name"))
        let form = try request.bodyForm()
        let answerForm = try request.answerForm(form == .npy ? .npz : form, offered: [.json, .npz, .safetensors])
        let body = try await TrainingRequest(request, for: model, .sources)
        let gradients = try await model.gradients(body.batch, of: body.sources)
        let names = model.inputs?.map(\.name) ?? []
        var response: HTTPResponse
        if answerForm == .json {
            response = TrainingEndpoints.json(gradients, names, namesInputs: body.namesInputs)
        } else {
            let inputs = zip(names, gradients.inputs).map { (names.count == 1 ? "inputs" : "inputs.\($0)", $1) }
            let variables = gradients.variables.map { ("variables.\($0.name)", $0.gradient) }
            response = try .tensors(
                NamedTensors([("loss", Tensor(gradients.loss))] + variables + inputs, format: .npz), answerForm)
        }
        response.note(step: gradients.step, version: gradients.version)
        return response
    }

    private static func json(_ gradients: Model.Gradients, _ names: [String], namesInputs: Bool) -> HTTPResponse {
        .json { writer in
            writer.object { writer in
                writer.member("step", gradients.step)
                writer.member("version", gradients.version)
                writer.key("loss")
                writer.figure(gradients.loss)
                writer.key("variables")
                writer.tensors(
                    gradients.variables.map(\.gradient), names: gradients.variables.map(\.name), byName: true)
                guard !gradients.inputs.isEmpty else { return }
                writer.key("inputs")
                writer.tensors(gradients.inputs, names: names, byName: namesInputs)
            }
        }
    }
}

extension HTTPResponse {
    /// Says in headers, whatever the form of the answer, which step and version it speaks of.
    mutating func note(step: Int64, version: UInt64) {
        headers.add("strata-step", String(step))
        headers.add("strata-version", String(version))
    }
}

extension HTTPRequest {
    /// The client's name for this request, under which it may come again.
    func idempotencyKey() throws(HTTPError) -> String? {
        guard let key = headers["idempotency-key"] else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw HTTPError(
                .malformedField, "idempotency-key must have from 1 to 255 characters, but it has \(key.utf8.count)")
        }
        return key
    }

    /// Tells this request's body and arguments from others.
    func fingerprint() -> String {
        var crc = CRC32()
        let crc32c = body.withUnsafeBytes { bytes in
            crc.update(bytes)
            return CRC32C(bytes).value
        }
        let rest = Array("\(headers["content-type"] ?? "") \(rawTarget)".utf8).withUnsafeBytes { CRC32C($0).value }
        return "\(body.count)-\(crc.value)-\(crc32c)-\(rest)"
    }
}

extension JSONWriter {
    /// A figure such as a loss: of those that a float holds, the shortest text that reads back as that float.
    mutating func figure(_ value: Double) {
        if Double(Float(value)) == value { float(Float(value)) } else { double(value) }
    }

    /// An object of figures by name.
    mutating func figures(_ key: String, _ figures: [NamedNumber]) {
        self.key(key)
        object { writer in
            for figure in figures {
                writer.key(figure.name)
                writer.figure(figure.value)
            }
        }
    }
}
