import Formats

/// Which arrays of a data set are the inputs of a model, and which the targets:
/// `{"dataset", "inputs"?, "targets"?, "sample_weight"?}`.
///
/// Each is the name of an array; or a list of names, which are columns that are put side by side, or one for each input of a
/// model with several; or an object of these by input or output. Where nothing is said, `inputs`, `x` or `x_train` and
/// `targets`, `y` or `y_train` are taken; of a table, as a CSV file gives, the last column is the target and the others are
/// the inputs.
public struct DataSelection: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case one(String)
        case list([String])
        case byPort([String: [String]])
    }

    public let dataSet: String
    let inputs: Part?
    let targets: Part?
    let sampleWeights: Part?
    /// As a client wrote it.
    let json: JSONValue

    private static let keys = ["dataset", "inputs", "targets", "sample_weight"]

    public init(_ json: JSONValue) throws(ServiceError) {
        guard let object = json.object else { throw .unfit("data must be an object, but it is \(json)") }
        if let unknown = object.keys.first(where: { !DataSelection.keys.contains($0) }) {
            throw .unfit("data has no '\(unknown)'; it has \(DataSelection.keys.joined(separator: ", "))")
        }
        guard let id = json["dataset"]?.string else {
            throw .unfit("data.dataset must be the id of a data set, but it is \(json["dataset"] ?? .null)")
        }
        dataSet = id
        inputs = try DataSelection.part(json["inputs"], "data.inputs")
        targets = try DataSelection.part(json["targets"], "data.targets")
        sampleWeights = try DataSelection.part(json["sample_weight"], "data.sample_weight")
        self.json = json
    }

    private static func part(_ value: JSONValue?, _ path: String) throws(ServiceError) -> Part? {
        guard let value, !value.isNull else { return nil }
        if let name = value.string { return .one(name) }
        if value.array != nil { return .list(try names(value, path)) }
        guard let members = value.object?.members else {
            throw .unfit("\(path) must be the name of an array, a list or an object of names, but it is \(value)")
        }
        var byPort: [String: [String]] = [:]
        for member in members { byPort[member.key] = try names(member.value, "\(path).\(member.key)") }
        return .byPort(byPort)
    }

    private static func names(_ value: JSONValue, _ path: String) throws(ServiceError) -> [String] {
        if let name = value.string { return [name] }
        let names = value.array?.compactMap(\.string) ?? []
        guard let array = value.array, !names.isEmpty, names.count == array.count else {
            throw .unfit("\(path) must be the name of an array or a list of names, but it is \(value)")
        }
        return names
    }
}
