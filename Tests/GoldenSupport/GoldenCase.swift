import Formats
import TensorCore

/// One case of a golden file, with the file's tensors.
struct GoldenCase {
    let item: JSONValue
    let tensors: GoldenTensors

    /// A tensor that a field names, nil where the field is null or missing.
    func tensorIfGiven(_ field: String) throws -> Tensor? { try item[field]?.string.map(tensors.tensor) }

    func tensor(_ field: String) throws -> Tensor {
        guard let tensor = try tensorIfGiven(field) else { throw GoldenFailure("the case has no \(field)") }
        return tensor
    }

    func string(_ field: String) throws -> String {
        guard let string = item[field]?.string else { throw GoldenFailure("the case has no \(field)") }
        return string
    }

    func integer(_ field: String) throws -> Int {
        guard let integer = item[field]?.integer else { throw GoldenFailure("the case has no \(field)") }
        return integer
    }

    func array(_ field: String) throws -> [JSONValue] {
        guard let array = item[field]?.array else { throw GoldenFailure("the case has no \(field)") }
        return array
    }

    /// The same case inside: an object of its own with the same tensors.
    func inside(_ item: JSONValue) -> GoldenCase { GoldenCase(item: item, tensors: tensors) }

    var config: JSONObject { item["config"]?.object ?? JSONObject() }

    func object(_ field: String) throws -> JSONObject {
        guard let object = item[field]?.object else { throw GoldenFailure("the case has no \(field)") }
        return object
    }
}

/// Runs every case of a manifest; what it throws is why a case failed.
///
/// - Parameter fields: those that a case may have beside its `id` and a `note`: one that is not looked at could change
///   what is expected.
func runCases(
    _ manifest: JSONValue, _ folder: String, fields: Set<String>, _ run: (GoldenCase) throws -> Void
) throws -> [(name: String, failure: String?)] {
    guard let cases = manifest["cases"]?.array else { throw GoldenFailure("the manifest has no cases") }
    let file = manifest["tensors"]?.string
    let tensors = try file.map { try GoldenTensors((folder.isEmpty ? "" : folder + "/") + $0) } ?? .empty
    return cases.map { item in
        let name = item["id"]?.string ?? "a case without a name"
        do {
            try item.refuseFields(besides: fields.union(["id", "note"]))
            try run(GoldenCase(item: item, tensors: tensors))
            return (name, nil)
        } catch {
            return (name, "\(error)")
        }
    }
}

extension JSONValue {
    /// Refuses members of an object that nobody looks at.
    func refuseFields(besides known: Set<String>) throws {
        if let strange = object?.members.first(where: { !known.contains($0.key) }) {
            throw GoldenFailure("there is no field '\(strange.key)'")
        }
    }
}

/// Fails unless `found` is `expected` up to a tolerance, relative to `1 + |expected|`.
func expect(_ found: Tensor, is expected: Tensor, within tolerance: Double, _ what: String) throws {
    let error: Double
    do { error = try largestError(found, expected) } catch { throw GoldenFailure("\(what) \(error)") }
    guard error <= tolerance else { throw GoldenFailure("\(what) differs by \(error)") }
}
