import Glibc
import Synchronization

/// What the contents of all requests may hold together.
final class MemoryBudget: Sendable {
    let bytesMax: Int
    private let used = Atomic<Int>(0)

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// A quarter of the machine's memory.
    static var defaultBytesMax: Int {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? pages * size / 4 : 1 << 30
    }

    var bytesUsed: Int { used.load(ordering: .relaxed) }

    /// Takes `bytes`, unless that is more than is left.
    func reserve(_ bytes: Int) -> Bool {
        let (_, now) = used.wrappingAdd(bytes, ordering: .relaxed)
        if now <= bytesMax { return true }
        release(bytes)
        return false
    }

    func release(_ bytes: Int) {
        used.wrappingSubtract(bytes, ordering: .relaxed)
    }
}
