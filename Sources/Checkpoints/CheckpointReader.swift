import Formats
import TensorCore

/// One checkpoint, open for reading. It stays whole while this lives, even if it is removed meanwhile.
public struct CheckpointReader: Sendable {
    public let id: String
    private let bundle: BundleReader

    init(id: String, bundle: BundleReader) {
        self.id = id
        self.bundle = bundle
    }

    public var index: BundleIndex { bundle.index }

    /// All names, in order of their bytes.
    public var names: [String] { bundle.index.entries.map(\.name) }

    /// What the index says of a tensor; nil when there is none of that name, or one that no tensor here can hold.
    public func spec(_ name: String) -> TensorSpec? { bundle.index[name].flatMap { try? $0.spec() } }

    /// The tensor called `name`, held against its checksum.
    public func tensor(_ name: String) throws -> Tensor { try bundle.tensor(name) }

    /// Strings and complex numbers, as they lie in the file.
    public func bytes(_ name: String) throws -> ByteRegion { try bundle.bytes(name) }
    public func strings(_ name: String) throws -> [[UInt8]] { try bundle.strings(name) }
}
