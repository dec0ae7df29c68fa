import TensorCore

/// An .npz archive of stored arrays, laid out without their elements: for files that are made from other files.
public struct NPZLayout: Sendable {
    private var archive = ZipLayout()

    public init() {}

    /// Bytes of the archive so far.
    public var byteCount: Int { archive.end }

    /// The headers of the next array, behind which its elements stand, row-major and little endian.
    ///
    /// - Parameter elements: the checksum of the elements' bytes.
    public mutating func add(_ name: String, _ spec: TensorSpec, elements: CRC32) throws(FormatError) -> [UInt8] {
        try TensorNames.check(name, .npz)
        let header = NPYHeader(spec: spec).bytes
        var checksum = CRC32()
        header.withUnsafeBytes { checksum.update($0) }
        let byteCount = header.count + spec.byteCount
        return archive.add(
            name + ".npy", checksum: checksum.followed(by: elements, count: spec.byteCount), byteCount: byteCount,
            storedByteCount: byteCount) + header
    }

    /// What follows the last array.
    public func end() -> [UInt8] { archive.directoryAndEnd() }
}
