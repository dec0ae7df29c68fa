import Checkpoints
import Formats
import Glibc
import TensorCore

/// A save and a restore beside a plain write and read of as many bytes, turn by turn.
struct CheckpointMeasurement {
    let path: String
    let mebibytes: Int
    private let system = LocalFileSystem()

    func run() throws {
        let directory = try CheckpointDirectory(path)
        let tensors = try randomTensors()
        let names = tensors.map(\.name)
        print("tensors: \(tensors.count), \(mebibytes) MiB, resident \(resident()) MiB")
        for _ in 0..<5 {
            let raw = try seconds(runs: 1) { try rawWrite(tensors) }.median
            let base = resetPeak()
            let save = try seconds(runs: 1) { try directory.save("bench", tensors) }.median
            let peak = peak() - base
            try dropCache()
            let rawRead = try seconds(runs: 1) { try self.rawRead(keeping: false) }.median
            try dropCache()
            let restore = try seconds(runs: 1) { _ = try directory.open("bench").tensors(names) }.median
            let warmRaw = try seconds(runs: 1) { try self.rawRead(keeping: false) }.median
            StoragePool.shared.trim()
            let readBase = resetPeak()
            let warmRestore = try seconds(runs: 1) { _ = try directory.open("bench").tensors(names) }.median
            let readPeak = self.peak() - readBase - mebibytes
            StoragePool.shared.trim()
            print(
                "save \(thousandths(save)) / raw write+fsync \(thousandths(raw)) = \(thousandths(save / raw)), "
                    + "\(peak) MiB beyond; "
                    + "restore cold \(thousandths(restore)) / \(thousandths(rawRead)) = \(thousandths(restore / rawRead)), "
                    + "warm \(thousandths(warmRestore)) / \(thousandths(warmRaw)) = \(thousandths(warmRestore / warmRaw)), "
                    + "\(readPeak) MiB beyond")
            try directory.delete("bench")
        }
        try system.remove(path + "/raw")
    }

    /// Large tensors and small ones, as a model has them.
    private func randomTensors() throws -> [BundleItem] {
        let count = mebibytes / 16
        return try (0..<count).map { number in
            let tensor = try Tensor(uninitialized: TensorSpec([4 << 20], .float32))
            let stream = RandomStream(key: UInt64(number))
            let target = tensor.buffer.pointer(to: SIMD4<UInt32>.self)
            for index in 0..<(1 << 20) { target[index] = stream.block(UInt64(index)) }
            return BundleItem("layer_\(number)/kernel", tensor)
        } + (0..<count).map { BundleItem("layer_\($0)/bias", Tensor([256], Array(repeating: Float($0), count: 256))) }
    }

    private func rawWrite(_ tensors: [BundleItem]) throws {
        let file = try system.open(path + "/raw", .create)
        var offset = 0
        for item in tensors {
            guard case .tensor(let tensor) = item.content else { continue }
            try tensor.withUnsafeBytes { bytes in
                var start = 0
                while start < bytes.count {
                    let end = min(start + 1 << 20, bytes.count)
                    try file.writeAll(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: offset + start)
                    start = end
                }
                offset += bytes.count
            }
        }
        try file.synchronize()
    }

    private func rawRead(keeping: Bool) throws {
        let file = try system.open(path + "/raw", .read)
        let count = try file.byteCount()
        let memory = try Tensor(uninitialized: TensorSpec([count], .uint8))
        let target = UnsafeMutableRawBufferPointer(start: memory.buffer.pointer, count: count)
        var start = 0
        while start < count {
            let end = min(start + 1 << 20, count)
            _ = try file.readAll(into: UnsafeMutableRawBufferPointer(rebasing: target[start..<end]), at: start)
            start = end
        }
        withExtendedLifetime(memory) {}
        StoragePool.shared.trim()
    }

    /// Lets the system forget the files' contents, so that the next read comes from the disk.
    private func dropCache() throws {
        StoragePool.shared.trim()
        for name in try system.list(path) {
            let descriptor = Glibc.open(path + "/" + name, O_RDONLY | O_CLOEXEC)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            close(descriptor)
        }
    }

    // MARK: - Memory, in MiB

    private func resident() -> Int { status("VmRSS:") }
    private func peak() -> Int { status("VmHWM:") }

    private func resetPeak() -> Int {
        let descriptor = Glibc.open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        write(descriptor, "5", 1)
        close(descriptor)
        return resident()
    }

    private func status(_ key: String) -> Int {
        guard let file = fopen("/proc/self/status", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix(key) { return (Int(text.filter(\.isNumber)) ?? 0) / 1024 }
        }
        return 0
    }
}
