import TensorCore

/// What is wrong with a JSON text, and exactly where.
public struct JSONError: Error, Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        /// Not JSON.
        case unexpected(expected: String, found: String)
        /// Not JSON: inside a string.
        case invalidString(String)
        case duplicateKey(String)
        case tooDeep(limit: Int)

        /// JSON, but another kind of value than is asked for.
        case wrongType(expected: String, found: String)
        case unknownKey(String, known: [String])
        case missingKey(String)
        /// Arrays side by side that differ in length.
        case ragged(expected: Int, found: Int)
        /// Arrays side by side that differ in depth.
        case raggedDepth(expected: String, found: String)
        case numberOutOfRange(number: String, dtype: DType)
        /// The elements do not fill the shape that was given with them.
        case countMismatch(expected: Int, found: Int, shape: [Int])
        case invalidValue(expected: String, found: String)
        /// More memory than the caller allows, or than there is.
        case tooLarge(bytesMax: Int)
    }

    public let reason: Reason
    /// Bytes from the start of the text.
    public let offset: Int
    /// From one, in characters.
    public let line: Int
    public let column: Int
    /// `inputs[3][1]`; empty for the whole text.
    public let path: String

    /// Whether the text is no JSON at all, rather than JSON that does not fit.
    public var isMalformed: Bool {
        switch reason {
        case .unexpected, .invalidString, .duplicateKey, .tooDeep: true
        default: false
        }
    }
}

extension JSONError: ReferenceError {
    public var kind: ErrorKind {
        switch reason {
        case .wrongType, .raggedDepth: .type
        case .tooLarge: .resourceExhausted
        default: .value
        }
    }

    public var description: String {
        let place = path.isEmpty ? "JSON" : path
        return "\(place): \(reason) (line \(line), column \(column), byte \(offset))"
    }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpected(let expected, let found): "expected \(expected), found \(found)"
        case .invalidString(let what): "a string has \(what)"
        case .duplicateKey(let key): "the key \(quoted(key)) occurs twice"
        case .tooDeep(let limit): "nested more than \(limit) deep"
        case .wrongType(let expected, let found): "expected \(expected), found \(found)"
        case .unknownKey(let key, let known): "unknown key \(quoted(key)), expected \(known.joined(separator: ", "))"
        case .missingKey(let key): "the key \(quoted(key)) is missing"
        case .ragged(let expected, let found):
            "ragged array: \(found) elements here, \(expected) in the array before it"
        case .raggedDepth(let expected, let found): "ragged array: expected \(expected) at this depth, found \(found)"
        case .numberOutOfRange(let number, let dtype): "\(number) does not fit \(dtype)"
        case .countMismatch(let expected, let found, let shape):
            "shape \(shape) needs \(expected) elements, found \(found)"
        case .invalidValue(let expected, let found): "expected \(expected), found \(found)"
        case .tooLarge(let bytesMax): "the tensor needs more than \(bytesMax) bytes"
        }
    }
}
