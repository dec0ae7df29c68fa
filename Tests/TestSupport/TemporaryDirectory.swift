import Glibc

/// A folder that goes with its last user.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() {
        var template = Array("/tmp/strata-test-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { TemporaryDirectory.remove(path) }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != "." && name != ".." { remove(path + "/" + name) }
            }
            closedir(folder)
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}

extension TemporaryDirectory {
    /// Puts a file into it.
    public func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = fopen(path + "/" + name, "we"), fwrite(bytes, 1, bytes.count, file) == bytes.count,
            fclose(file) == 0
        else { throw Failure(path: path + "/" + name) }
    }

    struct Failure: Error { let path: String }
}
