import Formats
import TensorCore

/// Puts any bytes through every reader of files. None may do more than refuse them.
public func fuzzFiles(_ bytes: UnsafeRawBufferPointer) {
    let file = ByteRegion(copying: bytes)
    var limits = NPZ.Limits()
    limits.bytesMax = 1 << 24
    if let tensor = try? NPY.read(file) { _ = NPY.pieces(tensor) }
    if let tensors = try? NPZ.read(file, limits: limits) { _ = try? NPZ.pieces(tensors, deflated: true) }
    if let reader = try? SafetensorsReader(file) { _ = try? reader.tensors() }
    // Headers alone, so that their length need not be guessed.
    let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
    if let reader = try? SafetensorsReader(ByteRegion(copying: length + Array(bytes) + [0, 0, 128, 63])) {
        _ = try? reader.tensors()
    }
    if let reader = try? BundleArchive.reader(file) { _ = try? reader.items() }
    _ = try? TFRecord.read(file)
    _ = try? CheckpointState(parsing: bytes)
    _ = try? BundleIndex(parsing: bytes)
    for compression: UInt8 in [0, 1] { fuzzBundle(Array(bytes), compression) }
}

/// Takes the bytes as the one data block of an index whose checksums hold, and which speaks of a small data file.
private func fuzzBundle(_ block: [UInt8], _ compression: UInt8) {
    let table = sealedTable(block, compression)
    guard let index = try? table.withUnsafeBytes({ try BundleIndex(parsing: $0) }),
        let counts = try? index.shardByteCounts(), counts.reduce(0, { $0 &+ min($1, 1 << 20) }) < 1 << 20
    else { return }
    let shards = counts.map { ByteRegion(copying: [UInt8](repeating: 1, count: $0)) }
    guard let reader = try? BundleReader(index: ByteRegion(copying: table), shards: shards) else { return }
    for entry in index.entries {
        _ = try? reader.tensor(entry.name)
        _ = try? reader.strings(entry.name)
    }
    _ = try? reader.items()
}

/// A sorted string table around one data block: meta-index block, index block and footer, with their checksums.
public func sealedTable(_ block: [UInt8], _ compression: UInt8 = 0) -> [UInt8] {
    func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
    func sealed(_ contents: [UInt8], _ compression: UInt8 = 0) -> [UInt8] {
        let block = contents + [compression]
        let checksum = block.withUnsafeBytes { CRC32C($0) }.masked
        return block + withUnsafeBytes(of: checksum.littleEndian) { Array($0) }
    }
    let noEntries: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0]
    let handle = varint(0) + varint(block.count)
    let data = sealed(block, compression)
    let metaIndex = sealed(noEntries)
    let index = sealed([0, 1, UInt8(handle.count), 0xFF] + handle + noEntries)
    var footer = varint(data.count) + varint(noEntries.count)
    footer += varint(data.count + metaIndex.count) + varint(index.count - 5)
    footer += [UInt8](repeating: 0, count: 40 - footer.count) + [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    return data + metaIndex + index + footer
}
