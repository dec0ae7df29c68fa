import Glibc

/// The files that real TensorFlow wrote, which everything is held against.
public enum Goldens {
    /// The folder of the goldens: `STRATA_GOLDEN_DIR`, or the repository's own.
    public static let directory: String = {
        if let chosen = getenv("STRATA_GOLDEN_DIR") { return String(cString: chosen) }
        let here = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        return here.dropLast(2).joined(separator: "/") + "/Golden"
    }()

    /// The whole of a file below the folder; a path from the root stays as it is.
    public static func bytes(_ path: String) throws -> [UInt8] {
        try bytes(at: path.hasPrefix("/") ? path : directory + "/" + path)
    }

    public static func bytes(at path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw GoldenError(path: path) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = fread(buffer.baseAddress, 1, count, file)
        }
    }

    /// The names in a folder below it, sorted.
    public static func names(in path: String) throws -> [String] {
        guard let folder = opendir(path.hasPrefix("/") ? path : directory + "/" + path) else {
            throw GoldenError(path: path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

/// A golden that could not be read.
public struct GoldenError: Error, CustomStringConvertible {
    let path: String
    public var description: String { "cannot read \(path)" }
}
