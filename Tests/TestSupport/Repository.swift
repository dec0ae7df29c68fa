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
        try names(in: folder).filter { $0.hasSuffix(".swift") }.map { folder + "/" + $0 }
    }

    /// The Swift files in a folder and in the folders below it, as paths below the root.
    public static func swiftFiles(below folder: String) throws -> [String] {
        var files = try swiftFiles(in: folder)
        for name in try names(in: folder) where !name.contains(".") {
            files += try swiftFiles(below: folder + "/" + name)
        }
        return files
    }

    private static func names(in folder: String) throws -> [String] {
        try Goldens.names(in: path + "/" + folder)
    }
}
