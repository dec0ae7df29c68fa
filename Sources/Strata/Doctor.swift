import CLinux
import Glibc
import HTTPServer
import Telemetry
import TensorCore

/// Looks at the machine that a server is to run on.
public struct Doctor {
    /// What was found, and what to do about it.
    public struct Finding: Sendable, Equatable {
        public enum Severity: String, Sendable {
            case fine, advice, wrong

            public var mark: String {
                switch self {
                case .fine: "ok  "
                case .advice: "note"
                case .wrong: "BAD "
                }
            }
        }

        public let subject: String
        public let severity: Severity
        public let found: String
        public let advice: String?
    }

    private let settings: ServerSettings

    public init(_ settings: ServerSettings) { self.settings = settings }

    public func findings() -> [Finding] {
        [configuration(), processor(), blas(), cores(), memory(), descriptors(), disk(), access()]
    }

    private func finding(
        _ subject: String, _ severity: Finding.Severity, _ found: String, _ advice: String? = nil
    ) -> Finding {
        Finding(subject: subject, severity: severity, found: found, advice: advice)
    }

    private func configuration() -> Finding {
        do {
            try settings.check()
            return finding("settings", .fine, "a server would start with them")
        } catch {
            return finding("settings", .wrong, "\(error)", "'strata config check' says where each setting comes from")
        }
    }

    private func processor() -> Finding {
        let features = Doctor.flags()
        let wanted = ["avx2", "fma"]
        let missing = wanted.filter { !features.contains($0[...]) }
        #if arch(x86_64)
            guard missing.isEmpty else {
                return finding(
                    "processor", .advice, "it has no \(missing.joined(separator: " and no "))",
                    "the portable kernels run, two to eight times slower; a machine of 2013 or later, or a hypervisor that shows its processor's features, has them"
                )
            }
            return finding("processor", .fine, "AVX2 and FMA" + (features.contains("avx512f") ? ", AVX-512" : ""))
        #else
            return finding("processor", .fine, "the portable kernels run")
        #endif
    }

    private static func flags() -> Set<Substring> {
        let line = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("flags") }
        return Set((line ?? "").split(separator: " "))
    }

    private func blas() -> Finding {
        if let refusal = BLAS.refusal {
            return finding("OpenBLAS", .wrong, refusal, "serving is refused with this one")
        }
        return finding("OpenBLAS", .fine, BLAS.configuration)
    }

    private func cores() -> Finding {
        let cores = System.coreCount
        let threads = settings.threads ?? cores
        guard threads <= cores else {
            return finding(
                "cores", .advice, "\(threads) threads shall compute on \(cores) cores",
                "set threads to \(cores) or less")
        }
        return finding("cores", .fine, "\(cores), of which \(threads) compute")
    }

    private func memory() -> Finding {
        let bytes = System.memoryByteCount
        let text = "\(bytes >> 20) MiB"
        guard bytes >= 256 << 20 else {
            return finding(
                "memory", .advice, text, "below 256 MiB only small models and small bodies fit; see max-body-memory")
        }
        return finding("memory", .fine, text)
    }

    private func descriptors() -> Finding {
        let limit = Int(clamping: DescriptorLimit.raise())
        guard limit >= settings.connectionsMax + 100 else {
            return finding(
                "open files", .advice, "\(limit) may be open, max-connections is \(settings.connectionsMax)",
                "raise the limit (ulimit -n, LimitNOFILE) or lower max-connections; the server takes what fits")
        }
        return finding("open files", .fine, "\(limit) may be open")
    }

    /// Writes a page and waits until the disk has it, some times over.
    private func disk() -> Finding {
        let folder = settings.dataDirectory
        let path = folder + "/.strata-doctor-\(getpid())"
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return finding(
                "data directory", .advice, "\(folder) is not there yet", "the server makes it; look again then")
        }
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            return finding(
                "data directory", .wrong, "\(folder): \(String(cString: strerror(errno)))",
                "let the server's user write there")
        }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 0, count: 4_096)
        var times: [UInt64] = []
        let time = SystemTime()
        for _ in 0..<8 {
            let start = time.now()
            guard write(file, page, page.count) == page.count, fsync(file) == 0 else {
                return finding(
                    "data directory", .wrong, "\(folder): \(String(cString: strerror(errno)))",
                    "checkpoints cannot be saved there")
            }
            times.append(time.now() - start)
        }
        let median = Double(times.sorted()[times.count / 2]) * 1e-6
        let text = "a durable write takes \((median * 100).rounded() / 100) ms"
        if cl_is_in_memory(folder) != 0 {
            return finding(
                "data directory", .wrong, "\(folder) is in memory (tmpfs)",
                "checkpoints are gone with the machine: use a disk")
        }
        if median < 0.02 {
            return finding(
                "data directory", .advice, text, "no disk is so quick: something says that data is safe before it is")
        }
        if median > 50 { return finding("data directory", .advice, text, "checkpoints take three of these each") }
        return finding("data directory", .fine, text)
    }

    private func access() -> Finding {
        guard let isLocal = try? settings.listeners().allSatisfy(\.isLocal), !isLocal else {
            return finding("access", .fine, "only this machine reaches the server")
        }
        if settings.keysFile == nil {
            return finding(
                "access", .advice, "other machines reach the server, and there are no keys",
                "they may read and call unless 'anonymous' says otherwise; 'strata key' makes keys for keys-file")
        }
        if settings.tlsCertificates.isEmpty {
            return finding(
                "access", .advice, "keys travel without TLS", "set tls-cert and tls-key, or put a TLS front before it")
        }
        return finding("access", .fine, "keys, under TLS")
    }

    private static func lines(of path: String) -> [Substring] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }
}
