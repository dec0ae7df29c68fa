import Formats
import HTTP
import Service

/// A small JSON body of settings.
struct JSONSettings {
    private let values: JSONValue

    init(_ request: HTTPRequest, known: [String]) throws {
        values = try request.jsonValue()
        guard let object = values.object else {
            throw ServiceError.unfit("the body must be an object, but it is \(values)")
        }
        if let unknown = object.keys.first(where: { !known.contains($0) }) {
            throw ServiceError.unfit("the body has no '\(unknown)'; it has \(known.joined(separator: ", "))")
        }
    }

    func string(_ key: String) throws(ServiceError) -> String? {
        guard let value = values[key], !value.isNull else { return nil }
        guard let string = value.string else { throw .unfit("\(key) must be a string, but it is \(value)") }
        return string
    }

    func bool(_ key: String) throws(ServiceError) -> Bool? {
        guard let value = values[key], !value.isNull else { return nil }
        guard let bool = value.bool else { throw .unfit("\(key) must be true or false, but it is \(value)") }
        return bool
    }

    func strings(_ key: String) throws(ServiceError) -> [String: String]? {
        guard let value = values[key], !value.isNull else { return nil }
        guard let members = value.object?.members, members.allSatisfy({ $0.value.string != nil }) else {
            throw .unfit("\(key) must be an object of strings, but it is \(value)")
        }
        return Dictionary(members.map { ($0.key, $0.value.string ?? "") }, uniquingKeysWith: { first, _ in first })
    }
}
