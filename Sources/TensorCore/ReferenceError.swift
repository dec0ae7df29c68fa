/// An error that a user of the reference would recognise: its kind, and a description with its key phrase.
public protocol ReferenceError: Error, CustomStringConvertible {
    var kind: ErrorKind { get }
}

/// The reference's exception classes, and what TensorFlow's own runtime adds to them.
public enum ErrorKind: String, Sendable, CaseIterable {
    case value = "ValueError"
    case type = "TypeError"
    case attribute = "AttributeError"
    case runtime = "RuntimeError"
    case notFound = "NotFoundError"
    case notImplemented = "NotImplementedError"
    case alreadyExists = "AlreadyExistsError"
    case resourceExhausted = "ResourceExhausted"
}
