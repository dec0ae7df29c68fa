import Formats

/// The removal of one checkpoint: the index first, under a temporary name that tells that the rest is to follow.
struct CheckpointRemoval {
    /// What the state file is to say afterwards.
    enum NewState {
        case unchanged
        case written(CheckpointState)
        case removed

        /// What it says of the checkpoints that stay; nil where none does.
        static func after(_ stateFile: CheckpointState?) -> NewState { stateFile.map { .written($0) } ?? .removed }
    }

    let id: String
    let path: String
    let fileSystem: any FileSystem

    func run(_ newState: NewState) throws {
        let index = BundleFileNames.index(id)
        // On a full disk the state file cannot be written; it then names a checkpoint that is gone, which means nothing.
        var hasState = false
        if case .written(let state) = newState {
            hasState = (try? fileSystem.write(Array(state.text.utf8), to: file(TemporaryNames.state))) != nil
        }
        if try fileSystem.status(file(index)) != nil {
            try fileSystem.rename(file(index), to: file(TemporaryNames.of(index)))
        } else {
            // Data files without an index.
            try fileSystem.write([], to: file(TemporaryNames.of(index)))
        }
        if hasState { try fileSystem.rename(file(TemporaryNames.state), to: file("checkpoint")) }
        if case .removed = newState, try fileSystem.status(file("checkpoint")) != nil {
            try fileSystem.remove(file("checkpoint"))
        }
        try CheckpointRecovery(path: path, fileSystem: fileSystem).run()
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }
}
