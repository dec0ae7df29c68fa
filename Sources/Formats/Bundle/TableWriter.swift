/// Writes a sorted string table; keys come in rising order of their bytes.
struct TableWriter {
    /// A block is closed once it has grown to this, as TensorFlow does.
    private static let blockSize = 262_144

    private var file: [UInt8] = []
    private var block = BlockWriter(restartInterval: 16)
    private var index = BlockWriter(restartInterval: 1)

    mutating func add(key: [UInt8], value: [UInt8]) {
        block.add(key: key, value: value)
        if block.size >= TableWriter.blockSize { closeBlock() }
    }

    /// The whole file.
    consuming func finished() -> [UInt8] {
        if !block.isEmpty { closeBlock() }
        let metaIndex = append(BlockWriter(restartInterval: 1))
        let index = append(index)
        var footer = metaIndex + index
        footer.append(contentsOf: Array(repeating: 0, count: TableReader.footerSize - 8 - footer.count))
        footer.appendFixed(TableReader.magic)
        return file + footer
    }

    private mutating func closeBlock() {
        // Any key from the block's last one up to the next block's first one will do.
        let lastKey = block.lastKey
        index.add(key: lastKey, value: append(block))
        block = BlockWriter(restartInterval: 16)
    }

    /// Appends a block with its trailer and returns its handle.
    private mutating func append(_ block: BlockWriter) -> [UInt8] {
        var contents = block.finished()
        var handle: [UInt8] = []
        handle.appendVarint(UInt64(file.count))
        handle.appendVarint(UInt64(contents.count))
        contents.append(0)  // not compressed
        let checksum = contents.withUnsafeBytes { CRC32C($0) }
        contents.appendFixed(checksum.masked)
        file.append(contentsOf: contents)
        return handle
    }
}

/// Writes one block: entries that share beginnings, and where the sharing starts anew.
private struct BlockWriter {
    let restartInterval: Int
    private var bytes: [UInt8] = []
    private var restarts: [UInt32] = [0]
    private var sinceRestart = 0
    private(set) var lastKey: [UInt8] = []

    init(restartInterval: Int) { self.restartInterval = restartInterval }

    var isEmpty: Bool { bytes.isEmpty }
    var size: Int { bytes.count + 4 * restarts.count + 4 }

    mutating func add(key: [UInt8], value: [UInt8]) {
        var shared = 0
        if sinceRestart == restartInterval {
            restarts.append(UInt32(bytes.count))
            sinceRestart = 0
        } else {
            shared = zip(lastKey, key).prefix { $0 == $1 }.count
        }
        bytes.appendVarint(UInt64(shared))
        bytes.appendVarint(UInt64(key.count - shared))
        bytes.appendVarint(UInt64(value.count))
        bytes.append(contentsOf: key[shared...])
        bytes.append(contentsOf: value)
        lastKey = key
        sinceRestart += 1
    }

    func finished() -> [UInt8] {
        var block = bytes
        for restart in restarts { block.appendFixed(restart) }
        block.appendFixed(UInt32(restarts.count))
        return block
    }
}
