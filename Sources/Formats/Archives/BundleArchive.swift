/// A TensorFlow checkpoint whose files came together in one tar file.
public enum BundleArchive {
    /// Opens the one checkpoint in a tar file. Folders in front of the names, and what else lies there (the state file, the
    /// graph), mean nothing.
    public static func reader(_ file: ByteRegion) throws(FormatError) -> BundleReader {
        var files: [String: ByteRegion] = [:]
        for member in try TarReader(file).members {
            let name = String(member.name.split(separator: "/").last ?? "")
            guard BundleFileNames.parseIndex(name) != nil || BundleFileNames.parseData(name) != nil else { continue }
            guard files.updateValue(member.contents, forKey: name) == nil else {
                throw FormatError(.tar, "members", .duplicate(name: name))
            }
        }
        let indexes = files.keys.compactMap(BundleFileNames.parseIndex)
        guard let prefix = indexes.first, indexes.count == 1, let index = files[BundleFileNames.index(prefix)] else {
            throw FormatError(
                .tar, "members", .malformed(expected: "one file that ends in .index", found: "\(indexes.count)"))
        }
        let shardCount = try index.withUnsafeBytes { (bytes) throws(FormatError) in
            try BundleIndex(parsing: bytes).shardCount
        }
        var shards: [ByteRegion] = []
        for shard in 0..<shardCount {
            let name = BundleFileNames.data(prefix, shard: shard, of: shardCount)
            guard let contents = files[name] else { throw FormatError(.tar, "members", .missing(name: name)) }
            shards.append(contents)
        }
        return try BundleReader(index: index, shards: shards)
    }
}
