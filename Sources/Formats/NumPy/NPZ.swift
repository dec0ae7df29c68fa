import TensorCore

/// NumPy's .npz: named arrays, each a .npy file in a zip archive, stored or deflated.
public enum NPZ {
    /// What an archive may ask for. What it holds can be a thousand times as large as itself.
    public struct Limits: Sendable {
        public var arraysMax = 65_536
        /// Bytes of all arrays together.
        public var bytesMax = Int.max
        public init() {}
    }

    /// Reads all arrays; stored ones are views of `file` where they are aligned.
    public static func read(_ file: ByteRegion, limits: Limits = Limits()) throws(FormatError) -> NamedTensors {
        let archive = try ZipReader(
            file, limits: .init(membersMax: limits.arraysMax, contentBytesMax: limits.bytesMax))
        var tensors = NamedTensors()
        for member in archive.members {
            try tensors.insert(try read(member), named: try arrayName(member), format: .npz)
        }
        return tensors
    }

    /// What an archive holds, by its headers alone: names with the kinds of their arrays, in order.
    public static func specs(
        _ file: ByteRegion, limits: Limits = Limits()
    ) throws(FormatError) -> [(name: String, spec: TensorSpec)] {
        let archive = try ZipReader(
            file, limits: .init(membersMax: limits.arraysMax, contentBytesMax: limits.bytesMax))
        var specs: [(name: String, spec: TensorSpec)] = []
        for member in archive.members {
            let name = try arrayName(member)
            do {
                var checksum = CRC32()
                let header =
                    member.isDeflated
                    ? try header(Inflater(member.stored), &checksum)
                    : try member.stored.withUnsafeBytes { (bytes) throws(FormatError) in
                        try NPYHeader(parsing: bytes)
                    }
                specs.append((name, header.spec))
            } catch  where error.format == .npy {
                throw FormatError(
                    .npz, "member \(quoted(member.name)), \(error.place)", at: error.offset, error.problem)
            }
        }
        return specs
    }

    private static func arrayName(_ member: ZipReader.Member) throws(FormatError) -> String {
        guard member.name.hasSuffix(".npy") else {
            throw FormatError(
                .npz, "member \(quoted(member.name))",
                .malformed(expected: "a name that ends in .npy", found: "another"))
        }
        let name = String(member.name.dropLast(4))
        try TensorNames.check(name, .npz)
        return name
    }

    /// The archive in pieces; arrays that are only stored stay where they are.
    public static func pieces(_ tensors: NamedTensors, deflated: Bool = false) throws(FormatError) -> [ByteRegion] {
        var layout = ZipLayout()
        var pieces: [ByteRegion] = []
        for (name, tensor) in tensors.pairs {
            try TensorNames.check(name, .npz)
            let contents = NPY.pieces(tensor)
            var checksum = CRC32()
            for region in contents { region.withUnsafeBytes { checksum.update($0) } }
            let stored = deflated ? [ByteRegion(copying: try Deflater.deflate(contents))] : contents
            let header = layout.add(
                name + ".npy", checksum: checksum, byteCount: contents.reduce(0) { $0 + $1.count },
                storedByteCount: stored.reduce(0) { $0 + $1.count }, deflated: deflated)
            pieces.append(ByteRegion(copying: header))
            pieces += stored
        }
        return pieces + [ByteRegion(copying: layout.directoryAndEnd())]
    }

    private static func read(_ member: ZipReader.Member) throws(FormatError) -> Tensor {
        do {
            return member.isDeflated ? try inflated(member) : try stored(member)
        } catch  where error.format == .npy {
            throw FormatError(.npz, "member \(quoted(member.name)), \(error.place)", at: error.offset, error.problem)
        }
    }

    private static func stored(_ member: ZipReader.Member) throws(FormatError) -> Tensor {
        var checksum = CRC32()
        member.stored.withUnsafeBytes { checksum.update($0) }
        try check(checksum, member)
        return try NPY.read(member.stored)
    }

    /// Inflates the header first, which says how large the tensor is, then the elements straight into it.
    private static func inflated(_ member: ZipReader.Member) throws(FormatError) -> Tensor {
        let inflater = try Inflater(member.stored)
        var checksum = CRC32()
        let header = try header(inflater, &checksum)
        guard header.byteCount + header.spec.byteCount == member.byteCount else {
            throw FormatError(
                .npy, "elements",
                .malformed(expected: "\(header.spec.byteCount) bytes", found: "\(member.byteCount - header.byteCount)"))
        }
        guard let tensor = try? Tensor(uninitialized: header.spec) else {
            throw FormatError(.npy, "elements", .outOfMemory(byteCount: header.spec.byteCount))
        }
        let target = UnsafeMutableRawBufferPointer(start: tensor.buffer.pointer, count: header.spec.byteCount)
        guard try inflater.read(into: target) == target.count else {
            throw FormatError(.npy, "elements", .truncated(needed: target.count, available: 0))
        }
        try inflater.finish()
        checksum.update(UnsafeRawBufferPointer(target))
        try check(checksum, member)
        return try NPY.arranged(tensor, header)
    }

    private static func header(_ inflater: Inflater, _ checksum: inout CRC32) throws(FormatError) -> NPYHeader {
        let start = try bytes(12, inflater, &checksum)
        let length = try start.withUnsafeBytes { (bytes) throws(FormatError) in try NPYHeader.byteCount(start: bytes) }
        let rest = try bytes(max(0, length - 12), inflater, &checksum)
        return try ByteRegion(copying: start.array + rest.array)
            .withUnsafeBytes { (bytes) throws(FormatError) in try NPYHeader(parsing: bytes) }
    }

    private static func bytes(
        _ count: Int, _ inflater: Inflater, _ checksum: inout CRC32
    ) throws(FormatError) -> ByteRegion {
        let region = try ByteRegion(uninitialized: count) { (target) throws(FormatError) in
            let found = try inflater.read(into: target)
            guard found == count else {
                throw FormatError(.npy, "header", .truncated(needed: count, available: found))
            }
        }
        region.withUnsafeBytes { checksum.update($0) }
        return region
    }

    private static func check(_ checksum: CRC32, _ member: ZipReader.Member) throws(FormatError) {
        guard checksum.value == member.checksum else {
            throw FormatError(
                .npz, "member \(quoted(member.name))", .checksum(stored: member.checksum, computed: checksum.value))
        }
    }
}
