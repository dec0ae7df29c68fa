import Locking
import Synchronization
import TensorCore

/// What happens when an operator that runs eagerly gives a NaN or an infinity.
///
/// The process has one setting, see ``setNaNGuard(_:)``; a context can have another.
///
/// - Source: tfe.seterr (TensorFlow 1.8).
public struct NaNGuard: Sendable {
    private enum Mode: Sendable {
        case ignore
        case warn(@Sendable (TensorError) -> Void)
        case raise
    }

    private let mode: Mode

    /// Nothing; what every process begins with.
    public static let ignore = NaNGuard(mode: .ignore)
    /// The operator throws `TensorError.notFinite`.
    public static let raise = NaNGuard(mode: .raise)
    /// `handler` is told, and the computation goes on.
    public static func warn(_ handler: @escaping @Sendable (TensorError) -> Void) -> NaNGuard {
        NaNGuard(mode: .warn(handler))
    }

    var isActive: Bool {
        if case .ignore = mode { false } else { true }
    }

    func check(_ tensor: Tensor, of name: @autoclosure () -> String) throws(TensorError) {
        guard !tensor.isSymbolic, !Kernels.isFinite(tensor) else { return }
        let error = TensorError.notFinite(operator: name())
        switch mode {
        case .ignore: break
        case .warn(let handler): handler(error)
        case .raise: throw error
        }
    }

    private static let shared = Lock((nanGuard: NaNGuard.ignore, context: Context?.none))
    private static let isSet = Atomic<Bool>(false)

    /// The setting of the process.
    static var processDefault: NaNGuard {
        isSet.load(ordering: .acquiring) ? shared.withLock { $0.nanGuard } : .ignore
    }

    /// An otherwise empty context that has the process's setting; nil while it is to ignore.
    static var processContext: Context? {
        isSet.load(ordering: .acquiring) ? shared.withLock { $0.context } : nil
    }

    fileprivate static func setProcessDefault(_ new: NaNGuard) -> NaNGuard {
        // Made before the lock is taken, for a context asks for the setting.
        let context = new.isActive ? Context().with(nanGuard: new) : nil
        return shared.withLock { state in
            let old = state.nanGuard
            state = (new, context)
            isSet.store(new.isActive, ordering: .releasing)
            // While it guards, even an operator without a context must look.
            Context.attention.wrappingAdd((new.isActive ? 1 : 0) - (old.isActive ? 1 : 0), ordering: .relaxed)
            return old
        }
    }
}

/// Sets what happens, in the whole process, when an eager operator gives a NaN or an infinity; contexts made from here
/// on follow it.
///
/// - Returns: what was set before.
@discardableResult
public func setNaNGuard(_ new: NaNGuard) -> NaNGuard { NaNGuard.setProcessDefault(new) }

/// Runs `body` with another setting.
public func withNaNGuard<Result, Failure: Error>(
    _ nanGuard: NaNGuard, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    try Context.currentOrDefault.with(nanGuard: nanGuard).bind(body)
}
