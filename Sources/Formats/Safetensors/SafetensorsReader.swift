import TensorCore

/// Reads a safetensors file in memory, or mapped into it.
///
/// The format has no checksum. A file of ours has one among its metadata, and then it must hold.
public struct SafetensorsReader: Sendable {
    public struct Limits: Sendable {
        /// What the format's own reader allows.
        public var headerBytesMax = 100_000_000
        public init() {}
    }

    /// In the order of the data.
    public let names: [String]
    public let metadata: [String: String]
    private let specs: [String: (spec: TensorSpec, region: ByteRegion)]

    /// - Throws: `FormatError`, or `JSONError` for a header that is no JSON.
    public init(_ file: ByteRegion, limits: Limits = Limits()) throws {
        let header = try file.withUnsafeBytes { bytes in
            let header = try SafetensorsHeader(parsing: bytes, limits: limits)
            try SafetensorsChecksum.verify(bytes, header)
            return header
        }
        names = header.entries.map(\.name)
        metadata = header.metadata
        var specs: [String: (TensorSpec, ByteRegion)] = [:]
        for entry in header.entries {
            let start = header.byteCount + entry.range.lowerBound
            let region = file[start..<header.byteCount + entry.range.upperBound]
            specs[entry.name] = (entry.spec, region)
        }
        self.specs = specs
        guard specs.count == names.count else {
            throw FormatError(.safetensors, "names", .malformed(expected: "names that differ", found: "two alike"))
        }
    }

    public func spec(_ name: String) -> TensorSpec? { specs[name]?.spec }

    /// The tensor called `name`, a view of the file where it is aligned there.
    public func tensor(_ name: String) throws(FormatError) -> Tensor {
        guard let (spec, region) = specs[name] else { throw FormatError(.safetensors, "header", .missing(name: name)) }
        let place = SafetensorsHeader.place(name)
        if spec.dtype == .bool, region.withUnsafeBytes({ $0.contains { $0 > 1 } }) {
            throw FormatError(
                .safetensors, place, .malformed(expected: "bools as bytes 0 and 1", found: "another byte"))
        }
        guard let tensor = region.tensor(spec) else {
            throw FormatError(.safetensors, place, .outOfMemory(byteCount: spec.byteCount))
        }
        return tensor
    }

    /// All tensors.
    public func tensors() throws(FormatError) -> NamedTensors {
        var tensors = NamedTensors()
        for name in names { try tensors.insert(try tensor(name), named: name, format: .safetensors) }
        return tensors
    }
}
