import CLinux
import Glibc

/// What the machine has.
public enum System {
    /// Cores that this process may use: its affinity mask, which containers narrow.
    public static let coreCount = Int(cl_core_count())

    /// Bytes of memory that this process may use: the machine's, or its control group's limit if that is lower.
    public static let memoryByteCount: Int = {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        return limits.compactMap(firstNumber(inFile:)).reduce(machine, min)
    }()

    private static func firstNumber(inFile path: String) -> Int? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 64)
        guard fgets(&text, Int32(text.count), file) != nil else { return nil }
        let digits = text.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
