import Formats
import TestSupport
import Testing

/// A checkpoint of the goldens with what its manifest says of it.
struct GoldenBundle: CustomTestStringConvertible {
    let folder: String
    let prefix: String
    let tensors: [JSONValue]
    let manifest: JSONValue

    var testDescription: String { "\(folder)/\(prefix)" }

    static func all() throws -> [GoldenBundle] {
        try Goldens.names(in: "tf_checkpoints").flatMap { folder in
            let manifest = try JSONValue(parsing: Goldens.bytes("tf_checkpoints/\(folder)/manifest.json"))
            if let checkpoints = manifest["checkpoints"]?.object {
                return checkpoints.members.map { GoldenBundle(folder, $0.key, $0.value, manifest) }
            }
            return [GoldenBundle(folder, manifest["prefix"]?.string ?? "", manifest["checkpoint"] ?? nil, manifest)]
        }
    }

    private init(_ folder: String, _ prefix: String, _ checkpoint: JSONValue, _ manifest: JSONValue) {
        self.folder = folder
        self.prefix = prefix
        self.manifest = manifest
        tensors = checkpoint["tensors"]?.array ?? []
    }

    func index() throws -> [UInt8] { try file(BundleFileNames.index(prefix)) }

    func shards(_ count: Int) throws -> [[UInt8]] {
        try (0..<count).map { try file(BundleFileNames.data(prefix, shard: $0, of: count)) }
    }

    func reader() throws -> BundleReader {
        let index = try index()
        let count = try index.withUnsafeBytes { try BundleIndex(parsing: $0).shardCount }
        return try BundleReader(
            index: ByteRegion(copying: index), shards: shards(count).map { ByteRegion(copying: $0) })
    }

    private func file(_ name: String) throws -> [UInt8] { try Goldens.bytes("tf_checkpoints/\(folder)/\(name)") }
}
