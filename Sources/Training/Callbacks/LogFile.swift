import Checkpoints

/// A file that grows record by record, and whose folder is made where it is missing.
struct LogFile {
    private let file: any File
    private var end: Int

    /// - Parameter appends: whether what stands in the file stays.
    init(_ path: String, appends: Bool = false, in files: any FileSystem = LocalFileSystem()) throws {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try files.makeDirectory(String(path[..<slash]))
        }
        let before = try appends && files.status(path) != nil ? files.contents(path, bytesMax: .max) : []
        file = try files.open(path, .create)
        end = 0
        try append(before)
    }

    /// How much was written.
    var byteCount: Int { end }

    mutating func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try file.writeAll($0, at: end) }
        end += bytes.count
    }

    func close() throws { try file.close() }
}
