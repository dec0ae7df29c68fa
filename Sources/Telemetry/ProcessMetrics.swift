import Glibc

/// What the kernel knows of this process, under the names that every Prometheus client gives it.
public enum ProcessMetrics {
    public static func families() -> [MetricFamily] {
        var families: [MetricFamily] = []
        var usage = rusage()
        if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            families.append(
                MetricFamily(
                    "process_cpu_seconds_total", .counter, "User and system time, in seconds.",
                    seconds(usage.ru_utime) + seconds(usage.ru_stime)))
        }
        let pages = numbers(inFile: "/proc/self/statm")
        if pages.count > 1 {
            let size = Double(sysconf(Int32(_SC_PAGESIZE)))
            families.append(
                MetricFamily(
                    "process_virtual_memory_bytes", .gauge, "Address space, in bytes.", Double(pages[0]) * size))
            families.append(
                MetricFamily(
                    "process_resident_memory_bytes", .gauge, "Memory in use, in bytes.", Double(pages[1]) * size))
        }
        if let count = openDescriptors() {
            families.append(MetricFamily("process_open_fds", .gauge, "Open file descriptors.", Double(count)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.append(
                MetricFamily("process_max_fds", .gauge, "File descriptors that may be open.", Double(limit.rlim_cur)))
        }
        families.append(
            MetricFamily("process_start_time_seconds", .gauge, "Start, in seconds since 1970.", startTime))
        return families
    }

    /// When this was first asked for, which the server does as it starts.
    public static let startTime: Double = {
        let now = SystemTime().wallTime()
        return Double(now.seconds) + Double(now.nanoseconds) * 1e-9
    }()

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Itself, and the two names of every folder.
        return count - 3
    }

    /// The numbers in the first line of a file.
    static func numbers(inFile path: String) -> [Int] {
        let text = text(ofFile: path, bytesMax: 256)
        return text.prefix { $0 != "\n" }.split { !$0.isNumber }.compactMap { Int($0) }
    }

    /// The beginning of a file of the kernel's; nothing where there is none.
    static func text(ofFile path: String, bytesMax: Int) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = fread(&bytes, 1, bytesMax, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
