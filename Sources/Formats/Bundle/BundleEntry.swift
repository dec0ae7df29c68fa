import TensorCore

/// A part of a partitioned variable: along each axis its start and its length, −1 for all of it.
public struct BundleSlice: Hashable, Sendable {
    public var starts: [Int]
    public var lengths: [Int]

    public init(starts: [Int], lengths: [Int]) {
        self.starts = starts
        self.lengths = lengths
    }

    /// The part's own shape within a tensor of shape `full`; nil when it does not lie inside.
    func shape(within full: [Int]) -> [Int]? {
        guard starts.count == full.count, lengths.count == full.count else { return nil }
        var shape: [Int] = []
        for (axis, extent) in full.enumerated() {
            let length = lengths[axis] < 0 ? extent - starts[axis] : lengths[axis]
            guard starts[axis] >= 0, length >= 0, starts[axis] <= extent, length <= extent - starts[axis] else {
                return nil
            }
            shape.append(length)
        }
        return shape
    }
}

/// What the index says of one tensor.
public struct BundleEntry: Hashable, Sendable {
    public var name: String
    public var dtype: BundleDType
    public var shape: [Int]
    /// Which data file, and the bytes in it.
    public var shard = 0
    public var offset = 0
    public var byteCount = 0
    /// Masked, of exactly these bytes.
    public var checksum: UInt32 = 0
    /// The parts of a partitioned variable, each an entry of its own; such a variable has no bytes here.
    public var slices: [BundleSlice] = []

    public init(name: String, dtype: BundleDType, shape: [Int]) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    public var range: Range<Int> { offset..<offset + byteCount }

    /// Elements of this shape; nil when that is beyond counting.
    public var elementCount: Int? {
        if shape.contains(0) { return 0 }
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            count = product
        }
        return count
    }

    /// The spec of a tensor that can hold it.
    ///
    /// - Throws: `FormatError` with `.unsupported` for strings, complex numbers and too many axes.
    public func spec() throws(FormatError) -> TensorSpec {
        guard let dtype = dtype.dtype else {
            throw FormatError(.bundle, place, .unsupported("a tensor of \(self.dtype.name)"))
        }
        guard let shape = try? Shape(checking: shape) else {
            throw FormatError(.bundle, place, .unsupported("the shape \(shape)"))
        }
        return TensorSpec(shape, dtype)
    }

    var place: String { "tensor \(quoted(name))" }
}

// MARK: - As a protocol buffer

extension BundleEntry {
    /// Reads a BundleEntryProto.
    init(parsing bytes: UnsafeRawBufferPointer, name: String) throws(FormatError) {
        self.init(name: name, dtype: BundleDType(number: 0), shape: [])
        var fields = ProtocolBufferReader(bytes, .bundle, place)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .varint(let number)): dtype = BundleDType(number: try natural(number))
            case (2, .bytes(let message)): shape = try BundleEntry.shape(parsing: message, place)
            case (3, .varint(let number)): shard = try natural(number)
            case (4, .varint(let number)): offset = try natural(number)
            case (5, .varint(let number)): byteCount = try natural(number)
            case (6, .fixed32(let number)): checksum = number
            case (7, .bytes(let message)): slices.append(try BundleEntry.slice(parsing: message, place))
            case (1...7, _): throw fields.wrongType(field)
            default: break
            }
        }
        guard !offset.addingReportingOverflow(byteCount).overflow else {
            throw FormatError(
                .bundle, place, .malformed(expected: "a place in the data file", found: "\(offset) and \(byteCount)"))
        }
    }

    /// A BundleEntryProto.
    var bytes: [UInt8] {
        var message = ProtocolBufferWriter()
        message.varint(1, UInt64(dtype.number))
        message.message(2) { shapeMessage in
            for extent in shape {
                shapeMessage.message(2) { $0.varint(1, UInt64(extent)) }
            }
        }
        message.varint(3, UInt64(shard))
        message.varint(4, UInt64(offset))
        message.varint(5, UInt64(byteCount))
        message.fixed32(6, checksum)
        for slice in slices {
            message.message(7) { sliceMessage in
                for (start, length) in zip(slice.starts, slice.lengths) {
                    sliceMessage.message(1) { extent in
                        extent.varint(1, UInt64(start))
                        // Length has a presence of its own: left away it means the full extent.
                        if length >= 0 { extent.presentVarint(2, UInt64(length)) }
                    }
                }
            }
        }
        return message.bytes
    }

    private func natural(_ value: UInt64) throws(FormatError) -> Int {
        guard let number = Int(exactly: value) else {
            throw FormatError(.bundle, place, .malformed(expected: "a natural number", found: "\(value)"))
        }
        return number
    }

    /// Reads a TensorShapeProto.
    private static func shape(parsing bytes: UnsafeRawBufferPointer, _ place: String) throws(FormatError) -> [Int] {
        var shape: [Int] = []
        var fields = ProtocolBufferReader(bytes, .bundle, place)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (2, .bytes(let message)): shape.append(try number(1, absent: 0, parsing: message, place))
            case (3, .varint(let unknown)) where unknown != 0:
                throw fields.reader.error(.unsupported("a tensor of unknown rank"))
            case (2, _): throw fields.wrongType(field)
            default: break
            }
        }
        return shape
    }

    /// Reads a TensorSliceProto.
    private static func slice(
        parsing bytes: UnsafeRawBufferPointer, _ place: String
    ) throws(FormatError) -> BundleSlice {
        var slice = BundleSlice(starts: [], lengths: [])
        var fields = ProtocolBufferReader(bytes, .bundle, place)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .bytes(let message)):
                slice.starts.append(try number(1, absent: 0, parsing: message, place))
                slice.lengths.append(try number(2, absent: -1, parsing: message, place))
            case (1, _): throw fields.wrongType(field)
            default: break
            }
        }
        return slice
    }

    /// The natural number in one field of a message.
    private static func number(
        _ wanted: UInt64, absent: Int, parsing bytes: UnsafeRawBufferPointer, _ place: String
    ) throws(FormatError) -> Int {
        var number = absent
        var fields = ProtocolBufferReader(bytes, .bundle, place)
        while let (field, value) = try fields.next() {
            guard field == wanted else { continue }
            guard case .varint(let varint) = value, let natural = Int(exactly: varint) else {
                throw fields.reader.error(.malformed(expected: "an extent", found: "a negative one"))
            }
            number = natural
        }
        return number
    }
}
