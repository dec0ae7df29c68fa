import Glibc

/// How many descriptors the process may have.
public enum DescriptorLimit {
    /// Raises the limit as far as it goes, as servers do, and says how far that is.
    public static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many of them connections may take: files, listeners and loops need some as well.
    static func connections(of descriptors: Int) -> Int {
        max(descriptors - max(32, min(256, descriptors / 4)), 8)
    }
}
