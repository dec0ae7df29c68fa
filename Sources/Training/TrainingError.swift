import TensorCore

/// What training refuses, in the reference's kinds and words.
public struct TrainingError: ReferenceError, Equatable {
    public let kind: ErrorKind
    public let description: String

    public init(_ kind: ErrorKind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
