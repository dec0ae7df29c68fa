import CKernels
import TensorCore

extension JSONWriter {
    /// How a tensor is written.
    public enum TensorForm: String, Sendable, CaseIterable {
        /// Nested arrays; a scalar is a bare number.
        case nested
        /// `{"dtype", "shape", "data": [flat]}`
        case flat
        /// `{"dtype", "shape", "base64"}`
        case base64
    }

    /// Writes a concrete tensor: each number as the shortest text that reads back the same in its dtype.
    public mutating func tensor(_ tensor: Tensor, as form: TensorForm = .nested) {
        withExtendedLifetime(tensor) {
            switch form {
            case .nested: nested(tensor)
            case .flat: tensorObject(tensor, "data") { $0.row(tensor, from: 0, count: tensor.elementCount) }
            case .base64:
                tensorObject(tensor, "base64") { writer in
                    writer.separate()
                    writer.appendBase64(UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.spec.byteCount))
                }
            }
        }
    }

    // MARK: - Helpers

    private mutating func tensorObject(_ tensor: Tensor, _ name: String, _ body: (inout JSONWriter) -> Void) {
        object { writer in
            writer.member("dtype", tensor.dtype.name)
            writer.key("shape")
            writer.array { writer in
                for extent in tensor.shape.extents { writer.integer(extent) }
            }
            writer.key(name)
            body(&writer)
        }
    }

    private mutating func nested(_ tensor: Tensor) {
        guard tensor.rank > 0 else {
            separate()
            return numbers(tensor, from: 0, count: 1)
        }
        reserve(tensor.elementCount * likelyTextCount(tensor.dtype))
        var start = 0
        level(tensor, axis: 0, from: &start)
    }

    /// About how many characters an element and its comma take.
    private func likelyTextCount(_ dtype: DType) -> Int {
        switch dtype {
        case .float64: 20
        case .float32: 12
        case .float16, .bfloat16: 8
        default: 6
        }
    }

    private mutating func level(_ tensor: Tensor, axis: Int, from start: inout Int) {
        let extent = tensor.shape[axis]
        guard axis < tensor.rank - 1 else {
            row(tensor, from: start, count: extent)
            start += extent
            return
        }
        beginArray()
        for _ in 0..<extent { level(tensor, axis: axis + 1, from: &start) }
        endArray()
    }

    private mutating func row(_ tensor: Tensor, from start: Int, count: Int) {
        beginArray()
        numbers(tensor, from: start, count: count)
        endArray()
    }

    /// Writes elements with commas between them, a few hundred at a time, so that their text is still in the cache when
    /// it is appended.
    private mutating func numbers(_ tensor: Tensor, from start: Int, count: Int) {
        let block = 256
        var done = 0
        while done < count {
            let part = min(block, count - done)
            if done > 0 { appendComma() }
            append(atMost: part * CK_NUMBER_TEXT_MAX) { text in
                ck_write_numbers(
                    Int32(tensor.dtype.rawValue), tensor.pointer + (start + done) * tensor.dtype.byteCount, part, text)
            }
            done += part
        }
    }
}
