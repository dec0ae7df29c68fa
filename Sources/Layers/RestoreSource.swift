import TensorCore

/// Where the values of a restoration come from; the floor of checkpoints has the files.
public protocol RestoreSource: Sendable {
    /// The names of all values, in order.
    var tensorNames: [String] { get }

    /// The value called `name`.
    ///
    /// - Throws: NotFoundError, "Key … not found in checkpoint".
    func tensor(named name: String) throws -> Tensor
}
