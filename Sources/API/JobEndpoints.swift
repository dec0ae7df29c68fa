import Formats
import HTTP
import Service
import TensorCore

/// Training in the background.
struct JobEndpoints: EndpointGroup {
    let service: APIService

    var routes: [Route] {
        [
            Route(.post, "/models/{name}/jobs", create).needs(.train),
            Route(.get, "/jobs", list).needs(.read),
            Route(.get, "/jobs/{id}", show).needs(.read),
            Route(.post, "/jobs/{id}/cancel", cancel).needs(.train),
            Route(.get, "/jobs/{id}/events", events).needs(.read),
        ]
    }

    @Sendable func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let model = try service.registry.model(request.parameter("name"))
        let body = try JobRequest(request, for: model)
        let job = try await service.jobs.create(model.name, body.settings, body.data)
        var response = HTTPResponse.json(.accepted) { $0.job(job.description) }
        response.headers.set("location", "/jobs/\(job.id)")
        return response
    }

    @Sendable func list(_ request: HTTPRequest) throws -> HTTPResponse {
        let page = try Page(request)
        let (jobs, hasMore) = try service.jobs.jobs(
            of: request.query.single("model"), after: page.after, limit: page.limit)
        return .json { writer in
            writer.object { writer in
                writer.key("jobs")
                writer.array { writer in for job in jobs { writer.job(job) } }
                writer.member("has_more", hasMore)
            }
        }
    }

    @Sendable func show(_ request: HTTPRequest) throws -> HTTPResponse {
        let job = try service.jobs.job(request.parameter("id")).description
        return .json { $0.job(job) }
    }

    /// Answers when the job is over; a job that is over already stays as it is.
    @Sendable func cancel(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.requireJSON()
        let job = try await service.jobs.cancel(request.parameter("id"))
        return .json { $0.job(job) }
    }

    /// What happens, as it happens; from where a client has lost the stream, if it says so.
    @Sendable func events(_ request: HTTPRequest) throws -> HTTPResponse {
        let job = try service.jobs.job(request.parameter("id"))
        let types = ["text/event-stream"]
        if let accept = request.headers["accept"], ContentNegotiation.mediaType(accept, offered: types) == nil {
            throw HTTPError(.notAcceptable, "accept is '\(accept)', but this gives text/event-stream")
        }
        let last = request.headers["last-event-id"].map { EventIdentifier($0, of: job).number } ?? 0
        return .events { writer in
            var last = last
            while let events = await job.events.next(after: last) {
                for event in events {
                    try await writer.send(ServerSentEvent(event, of: job))
                    last = event.number
                }
            }
        }
    }
}

/// Which event of a job a client has seen last: `<run>-<number>`, as numbers begin anew when a restart of the server takes a
/// job up again.
private struct EventIdentifier {
    let number: Int

    init(_ text: String, of job: Job) {
        let parts = text.split(separator: "-").map { Int($0) }
        number = parts.count == 2 && parts[0] == job.run ? max(0, parts[1] ?? 0) : 0
    }
}

extension ServerSentEvent {
    fileprivate init(_ event: JobEvents.Event, of job: Job) {
        var writer = JSONWriter()
        let name: String
        switch event.content {
        case .status(let description):
            name = "status"
            writer.job(description)
        case .progress(let description):
            name = "progress"
            writer.job(description)
        case .epoch(let description):
            name = "epoch"
            writer.job(description)
        case .checkpoint(let checkpoint):
            name = "checkpoint"
            writer.checkpoint(checkpoint)
        }
        self.init(
            String(decoding: writer.bytes, as: UTF8.self), event: name, id: "\(job.run)-\(event.number)")
    }
}

extension JSONWriter {
    fileprivate mutating func job(_ job: JobDescription) {
        object { writer in
            writer.member("id", job.id)
            writer.member("model", job.model)
            writer.member("status", job.status.rawValue)
            writer.member("epoch", job.epoch)
            writer.member("epochs", job.epochs)
            writer.member("step", job.step)
            writer.member("steps", job.steps)
            writer.member("examples_per_second", job.examplesPerSecond)
            writer.key("loss")
            if let loss = job.loss { writer.figure(loss) } else { writer.null() }
            writer.figures("metrics", job.metrics)
            if let error = job.error { writer.member("error", error) }
            writer.member("created_at", job.createdAt)
            if let startedAt = job.startedAt { writer.member("started_at", startedAt) }
            if let finishedAt = job.finishedAt { writer.member("finished_at", finishedAt) }
        }
    }
}
