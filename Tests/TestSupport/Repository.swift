import Glibc

/// The repository that the tests belong to, for tests of its documents.
public enum Repository {
    /// Its root folder.
    public static let path: String = {
        let here = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        return here.dropLast(3).joined(separator: "/")
    }()

    /// The text of a file.
    public static func text(_ file: String) throws -> String {
        String(decoding: try Goldens.bytes(at: path + "/" + file), as: UTF8.self)
    }

    /// The Swift files directly in a folder, as paths below the root.
    public static func swiftFiles(in folder: String) throws -> [String] {
        guard let stream = opendir(path + "/" + folder) else { throw GoldenError(path: folder) }
        defer { closedir(stream) }
        var files: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".swift") { files.append(folder + "/" + name) }
        }
        return files.sorted()
    }
}
