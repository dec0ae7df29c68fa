import Checkpoints
import Formats
import TensorCore
import TestSupport

/// Reads every tensor of the checkpoints that a manifest describes, from the files and from mapped ones, value for value.
func runCheckpoints(_ manifest: JSONValue, _ folder: String) throws -> [(name: String, failure: String?)] {
    try manifest.refuseFields(besides: [
        "format", "written_by", "description", "prefix", "state_file", "checkpoint", "map_func", "network_name",
        "variables", "forward", "history", "checkpoints",
    ])
    let path = Goldens.directory + "/" + folder
    let checkpoints =
        manifest["checkpoints"]?.object?.members.map { (prefix: $0.key, checkpoint: $0.value) }
        ?? [(manifest["prefix"]?.string ?? "", manifest["checkpoint"] ?? nil)]
    return checkpoints.map { prefix, checkpoint in
        (prefix, failure { try check(checkpoint, CheckpointDirectory(path), prefix) })
    } + stateFile(manifest, path)
}

/// The file `checkpoint`, where the manifest has its text: it names the newest, and is written as we write it.
private func stateFile(_ manifest: JSONValue, _ path: String) -> [(name: String, failure: String?)] {
    guard let text = manifest["state_file"]?.string ?? manifest["history"]?.array?.last?["state_file"]?.string else {
        return []
    }
    return [
        (
            "checkpoint",
            failure {
                let state = try CheckpointState(
                    parsing: String(decoding: Goldens.bytes(at: path + "/checkpoint"), as: UTF8.self))
                guard state.text == text else { throw GoldenFailure("it is \(state.text), not \(text)") }
                let latest = try latestCheckpoint(path)
                guard latest == "\(path)/\(state.latest)" else {
                    throw GoldenFailure("the newest is \(latest ?? "none"), not \(state.latest)")
                }
            }
        )
    ]
}

private func failure(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}

private func check(_ checkpoint: JSONValue, _ directory: CheckpointDirectory, _ prefix: String) throws {
    guard let tensors = checkpoint["tensors"]?.array, !tensors.isEmpty else {
        throw GoldenFailure("the manifest has no tensors")
    }
    let readers = try [CheckpointAccess.read, .mapped].map { try directory.open(prefix, $0) }
    for reader in readers {
        try reader.verify()
        if let count = checkpoint["tensor_count"]?.integer, count != reader.names.count {
            throw GoldenFailure("it has \(reader.names.count) tensors, not \(count)")
        }
    }
    for expected in tensors {
        guard let name = expected["name"]?.string, let entry = readers[0].index[name] else {
            throw GoldenFailure("there is no tensor \(expected["name"] ?? .null)")
        }
        let found: JSONValue = [
            "dtype": .string(entry.dtype.name), "shape": .array(entry.shape.map { .integer($0) }),
            "shard_id": .integer(entry.shard), "offset": .integer(entry.offset), "size": .integer(entry.byteCount),
            "crc32c_masked": .integer(Int(entry.checksum)),
        ]
        for (field, value) in found.object?.members.map({ ($0.key, $0.value) }) ?? [] where value != expected[field] {
            throw GoldenFailure("\(name): \(field) is \(value), not \(expected[field] ?? .null)")
        }
        for reader in readers where try !isSame(expected["values"] ?? nil, reader, entry) {
            throw GoldenFailure("\(name) has other values")
        }
    }
}

/// Whether the manifest's values are those of the tensor.
private func isSame(_ values: JSONValue, _ reader: CheckpointReader, _ entry: BundleEntry) throws -> Bool {
    switch entry.dtype {
    case .string:
        // The manifest has them as Latin-1.
        let strings = try reader.strings(entry.name)
        return values.array?.map { $0.string.map { $0.unicodeScalars.map { UInt8($0.value) } } } == strings
    case .complex64:
        guard let real = values["real"], let imaginary = values["imag"] else { return false }
        let parts = try [real, imaginary].map { try tensor($0, .float32).values }
        let expected = zip(parts[0], parts[1]).flatMap { [$0, $1] }
        return try expected.withUnsafeBytes { try $0.elementsEqual(reader.bytes(entry.name).array) }
    default:
        let found = try reader.tensor(entry.name)
        return sameNumbers(try tensor(values, found.dtype, found.shape), found)
    }
}

/// Nested arrays as a tensor.
private func tensor(_ values: JSONValue, _ dtype: DType, _ shape: Shape? = nil) throws -> Tensor {
    try values.bytes.withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        return try reader.tensor(dtype: dtype, expecting: shape)
    }
}
