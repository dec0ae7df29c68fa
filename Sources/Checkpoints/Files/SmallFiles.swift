import Formats

extension FileSystem {
    /// Makes a small file and returns when its contents are durable.
    public func write(_ bytes: [UInt8], to path: String) throws {
        let file = try open(path, .create)
        try bytes.withUnsafeBytes { try file.writeAll($0, at: 0) }
        try file.synchronize()
        try file.close()
    }

    /// The whole of a small file.
    public func contents(_ path: String, bytesMax: Int) throws -> [UInt8] {
        let file = try open(path, .read)
        let count = try file.byteCount()
        guard count <= bytesMax else {
            throw FormatError(.bundle, path, .limit(max: bytesMax, found: count))
        }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { buffer in try file.readAll(into: buffer, at: 0) }
        return Array(bytes.prefix(read))
    }
}
