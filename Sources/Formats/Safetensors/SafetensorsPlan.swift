import TensorCore

/// A safetensors file before it is written: its header, and which tensor's bytes follow in which order.
public struct SafetensorsPlan: Sendable {
    /// One tensor: its spec and the checksum of its bytes, which need not be in memory.
    public struct Item: Sendable {
        public let name: String
        public let spec: TensorSpec
        public let checksum: CRC32C

        public init(name: String, spec: TensorSpec, checksum: CRC32C) {
            self.name = name
            self.spec = spec
            self.checksum = checksum
        }
    }

    /// The file's first bytes.
    public let header: [UInt8]
    /// The items in the order in which their bytes follow: large elements first, so that all are aligned.
    public let items: [Item]
    public let byteCount: Int

    /// - Throws: `FormatError` for a name that occurs twice, or one that a reader would refuse.
    public init(_ items: [Item], metadata: [String: String] = [:]) throws(FormatError) {
        var names = Set<String>()
        for item in items {
            try TensorNames.check(item.name, .safetensors)
            guard item.name != "__metadata__", names.insert(item.name).inserted else {
                throw FormatError(.safetensors, "names", .duplicate(name: item.name))
            }
        }
        self.items = items.enumerated()
            .sorted { (-$0.element.spec.dtype.byteCount, $0.offset) < (-$1.element.spec.dtype.byteCount, $1.offset) }
            .map(\.element)
        var header = SafetensorsPlan.header(self.items, metadata)
        byteCount = self.items.reduce(header.count) { $0 + $1.spec.byteCount }
        var checksum = header.withUnsafeBytes { CRC32C($0) }
        for item in self.items { checksum = checksum.followed(by: item.checksum, count: item.spec.byteCount) }
        if let place = SafetensorsChecksum.digitsPlace(in: header, SafetensorsChecksum.zeros) {
            header.replaceSubrange(place..<place + 8, with: SafetensorsChecksum.digits(checksum).utf8)
        }
        self.header = header
    }

    /// The whole file in pieces: the header, then the tensors' own memory.
    public static func pieces(_ tensors: NamedTensors, metadata: [String: String] = [:]) throws(FormatError)
        -> [ByteRegion]
    {
        let items = tensors.pairs.map { name, tensor in
            Item(name: name, spec: tensor.spec, checksum: tensor.withUnsafeBytes { CRC32C($0) })
        }
        let plan = try SafetensorsPlan(items, metadata: metadata)
        return [ByteRegion(copying: plan.header)] + plan.items.compactMap { tensors[$0.name].map { ByteRegion($0) } }
    }

    /// The header with zeros for the checksum's digits, padded so that the data starts at a multiple of eight.
    private static func header(_ items: [Item], _ metadata: [String: String]) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 64 + 96 * items.count)
        json.object { json in
            json.key("__metadata__")
            json.object { json in
                json.member(SafetensorsChecksum.formatKey, SafetensorsChecksum.formatVersion)
                json.member(SafetensorsChecksum.checksumKey, SafetensorsChecksum.zeros)
                for (key, value) in metadata.sorted(by: { $0.key < $1.key })
                where key != SafetensorsChecksum.formatKey && key != SafetensorsChecksum.checksumKey {
                    json.member(key, value)
                }
            }
            var offset = 0
            for item in items {
                json.key(item.name)
                json.object { json in
                    json.member("dtype", SafetensorsDType.name(item.spec.dtype))
                    json.key("shape")
                    json.array { json in for extent in item.spec.shape.extents { json.integer(extent) } }
                    json.key("data_offsets")
                    json.array { json in
                        json.integer(offset)
                        json.integer(offset + item.spec.byteCount)
                    }
                }
                offset += item.spec.byteCount
            }
        }
        let padding = (8 - json.bytes.count % 8) % 8
        var header: [UInt8] = []
        header.appendFixed(UInt64(json.bytes.count + padding))
        header += json.bytes
        header += Array(repeating: UInt8(ascii: " "), count: padding)
        return header
    }
}
