import HTTP
import Service
import TestSupport
import Testing
import Yams

@testable import API

/// `openapi.yaml` is held against the routes that the server really has.
struct ContractTests {
    static var document: [String: Any] { (try? Yams.load(yaml: ContractTests.text)) as? [String: Any] ?? [:] }
    static let text = (try? String(decoding: Goldens.bytes(at: repository + "/openapi.yaml"), as: UTF8.self)) ?? ""
    static let repository = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    static func service() throws -> (APIService, TemporaryDirectory) {
        let directory = TemporaryDirectory()
        let registry = try ModelRegistry(directory: directory.path)
        let dataSets = try DataSetRegistry(of: registry)
        let jobs = try JobRegistry(registry, dataSets)
        return (APIService(registry: registry, dataSets: dataSets, jobs: jobs, version: "test") { true }, directory)
    }

    /// `GET /models/{name}`, for every operation of the document.
    static var described: Set<String> {
        var operations: Set<String> = []
        for (path, item) in document["paths"] as? [String: [String: Any]] ?? [:] {
            for method in item.keys where method != "parameters" { operations.insert("\(method.uppercased()) \(path)") }
        }
        return operations
    }

    @Test func describesEveryRouteAndNoOther() throws {
        let routes = Routes.all(try ContractTests.service().0).map { route in
            // In OpenAPI a parameter that takes slashes is written as any other.
            "\(route.method) \(route.pattern.split(separator: "...").joined())"
        }
        #expect(Set(routes) == ContractTests.described)
        #expect(Set(routes).count == routes.count)
    }

    @Test func theServerHandsOutThisVeryDocument() async throws {
        let responder = APIResponder(try ContractTests.service().0)
        let answer = try await answer(responder, HTTPRequest(.get, "/openapi.yaml"))
        guard case .bytes(let body) = answer.body else {
            Issue.record("no body")
            return
        }
        #expect(body.text == ContractTests.text)
        #expect(answer.headers["content-type"] == "application/yaml")
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        func references(_ value: Any) -> [String] {
            switch value {
            case let object as [String: Any]:
                (object["$ref"] as? String).map { [$0] } ?? object.values.flatMap(references)
            case let array as [Any]: array.flatMap(references)
            default: []
            }
        }
        let found = references(ContractTests.document)
        #expect(found.count > 50)
        for reference in Set(found) {
            var place: Any? = ContractTests.document
            for key in reference.split(separator: "/").dropFirst() { place = (place as? [String: Any])?[String(key)] }
            #expect(place != nil, "\(reference)")
        }
    }

    @Test func everyOperationHasANameOfItsOwn() {
        let paths = ContractTests.document["paths"] as? [String: [String: Any]] ?? [:]
        let names = paths.values.flatMap(\.values).compactMap { ($0 as? [String: Any])?["operationId"] as? String }
        #expect(Set(names).count == ContractTests.described.count)
    }
}

/// What a responder answers, routing included.
func answer(_ responder: APIResponder, _ request: HTTPRequest) async -> HTTPResponse {
    switch responder.route(request) {
    case .handle(let match):
        var matched = request
        matched.match = match
        do {
            return try await responder.reply(to: matched).awaited()
        } catch {
            return responder.errorResponse(for: error, request: matched)
        }
    case .answer(let response): return response
    case .refuse(let error): return responder.errorResponse(for: error, request: request)
    }
}
