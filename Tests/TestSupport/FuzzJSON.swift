import Formats
import TensorCore

/// Puts any bytes through everything that reads JSON, and holds what it says about them together.
///
/// - Returns: nil, or what does not fit.
public func fuzzJSON(_ bytes: UnsafeRawBufferPointer) -> String? {
    let value = try? JSONValue(parsing: bytes)
    var reader = JSONReader(bytes)
    let isSkipped = (try? reader.skip()) != nil && (try? reader.end()) != nil
    // Passing over does not look for keys that occur twice; apart from that both see the same grammar.
    if value != nil && !isSkipped { return "read, but not passed over" }
    if let value {
        guard let again = try? JSONValue(parsing: value.bytes), again == value else { return "not what was written" }
    } else if isSkipped, !hasDuplicateKey(bytes) {
        return "passed over, but not read"
    }
    for dtype in [DType.float32, .float64, .float16, .bfloat16, .int8, .int64, .uint64, .bool] {
        if let problem = fuzzTensor(bytes, dtype) { return problem }
    }
    reader = JSONReader(bytes)
    _ = try? reader.isTensorObject()
    _ = try? reader.peekKeys(limit: 3)
    return nil
}

private func hasDuplicateKey(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
        _ = try JSONValue(parsing: bytes)
        return false
    } catch let error as JSONError {
        switch error.reason {
        case .duplicateKey, .numberOutOfRange: return true
        default: return false
        }
    } catch {
        return false
    }
}

private func fuzzTensor(_ bytes: UnsafeRawBufferPointer, _ dtype: DType) -> String? {
    let limits = JSONLimits(tensorBytesMax: 1 << 20)
    var reader = JSONReader(bytes, limits: limits)
    guard let tensor = try? reader.tensor(dtype: dtype, expecting: [nil, 2]) else { return nil }
    for form in JSONWriter.TensorForm.allCases {
        var writer = JSONWriter()
        writer.tensor(tensor, as: form)
        let again = try? writer.bytes.withUnsafeBytes { text in
            var reader = JSONReader(text, limits: limits)
            let tensor = try reader.tensor(dtype: tensor.dtype, expecting: tensor.shape)
            try reader.end()
            return tensor
        }
        guard let again else { return "a tensor cannot be read back as \(form)" }
        var second = JSONWriter()
        second.tensor(again, as: form)
        // By their text, in which all NaNs are alike; base64 keeps every bit.
        guard again.spec == tensor.spec, second.bytes == writer.bytes else { return "a tensor changes as \(form)" }
    }
    return nil
}
