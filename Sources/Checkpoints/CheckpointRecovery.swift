import Formats

/// Clears up after changes that did not come to their end.
///
/// For every id that has a temporary file: where there is no index, its data files are left over, from a save that was
/// not published or a removal that was not finished; where there is one, those that belong to another number of shards.
/// The temporary names go last, so that clearing up can itself be interrupted.
struct CheckpointRecovery {
    let path: String
    let fileSystem: any FileSystem

    func run() throws {
        let names = try fileSystem.list(path)
        let temporary = TemporaryNames.left(among: names)
        guard !temporary.isEmpty else { return }
        // Only what is durable may decide what is left over.
        try fileSystem.synchronizeDirectory(path)
        for id in Set(temporary.compactMap(TemporaryNames.changedID)) { try removeLeftovers(of: id, among: names) }
        try fileSystem.synchronizeDirectory(path)
        for name in temporary { try fileSystem.remove("\(path)/\(name)") }
        try fileSystem.synchronizeDirectory(path)
    }

    private func removeLeftovers(of id: String, among names: [String]) throws {
        var valid: Int?
        if names.contains(BundleFileNames.index(id)) {
            // A broken index is nobody's leftover: it stays, and its data with it.
            guard let index = try BundleIndex(ifWhole: "\(path)/\(BundleFileNames.index(id))", fileSystem) else {
                return
            }
            valid = index.shardCount
        }
        for name in names {
            guard let data = BundleFileNames.parseData(name), data.prefix == id, data.count != valid else { continue }
            try fileSystem.remove("\(path)/\(name)")
        }
    }
}
