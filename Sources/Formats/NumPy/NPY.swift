import TensorCore

/// NumPy's .npy: one array. Versions 1 to 3, either byte order, row-major or Fortran order.
public enum NPY {
    /// Reads an array; a view of `file` where its elements lie as this machine wants them.
    public static func read(_ file: ByteRegion) throws(FormatError) -> Tensor {
        let header = try file.withUnsafeBytes { (bytes) throws(FormatError) in try NPYHeader(parsing: bytes) }
        let elements = file.count - header.byteCount
        guard elements == header.spec.byteCount else {
            let needed = header.spec.byteCount
            throw FormatError(
                .npy, "elements", at: header.byteCount,
                elements < needed
                    ? .truncated(needed: needed, available: elements)
                    : .malformed(expected: "\(needed) bytes", found: "\(elements)"))
        }
        guard let tensor = file[header.byteCount..<file.count].tensor(header.spec) else { throw noMemory(header.spec) }
        return try arranged(tensor, header)
    }

    /// The file of a tensor in pieces: a header, then the tensor's own memory.
    public static func pieces(_ tensor: Tensor) -> [ByteRegion] {
        [ByteRegion(copying: NPYHeader(spec: tensor.spec).bytes), ByteRegion(tensor)]
    }

    /// Brings elements, read as they lie in a file, into this machine's byte order and row-major order.
    static func arranged(_ tensor: Tensor, _ header: NPYHeader) throws(FormatError) -> Tensor {
        if tensor.dtype == .bool, tensor.withUnsafeBytes({ $0.contains { $0 > 1 } }) {
            throw FormatError(.npy, "elements", .malformed(expected: "bools as bytes 0 and 1", found: "another byte"))
        }
        let isTransposed = header.isFortranOrder && tensor.rank > 1 && tensor.elementCount > 0
        guard isTransposed || header.isBigEndian else { return tensor }
        guard let result = try? Tensor(uninitialized: tensor.spec) else { throw noMemory(tensor.spec) }
        switch tensor.dtype.byteCount {
        case 8: rearrange(tensor, result, as: UInt64.self, isTransposed, header.isBigEndian)
        case 4: rearrange(tensor, result, as: UInt32.self, isTransposed, header.isBigEndian)
        case 2: rearrange(tensor, result, as: UInt16.self, isTransposed, header.isBigEndian)
        default: rearrange(tensor, result, as: UInt8.self, isTransposed, false)
        }
        return result
    }

    private static func rearrange<Element: FixedWidthInteger>(
        _ tensor: Tensor, _ result: Tensor, as type: Element.Type, _ isTransposed: Bool, _ isBigEndian: Bool
    ) {
        let source = tensor.pointer(to: Element.self)
        let target = result.buffer.pointer(to: Element.self)
        let extents = tensor.shape.extents
        var strides = Array(repeating: 1, count: extents.count)
        if isTransposed {
            for axis in extents.indices.dropFirst() { strides[axis] = strides[axis - 1] * extents[axis - 1] }
        }
        var index = Array(repeating: 0, count: extents.count)
        var place = 0
        for element in 0..<tensor.elementCount {
            let value = source[isTransposed ? place : element]
            target[element] = isBigEndian ? value.byteSwapped : value
            for axis in index.indices.reversed() {
                index[axis] += 1
                place += strides[axis]
                if index[axis] < extents[axis] { break }
                place -= extents[axis] * strides[axis]
                index[axis] = 0
            }
        }
        withExtendedLifetime((tensor, result)) {}
    }

    private static func noMemory(_ spec: TensorSpec) -> FormatError {
        FormatError(.npy, "elements", .outOfMemory(byteCount: spec.byteCount))
    }
}
