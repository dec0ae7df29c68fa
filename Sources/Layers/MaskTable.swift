import Locking
import Operators
import TensorCore

/// The masks of tensors, by the tensors' identities: what a layer that makes masks leaves for the next one that takes them
/// (N-56).
///
/// A graph has one for as long as it lives. Executing eagerly, there is one only while a network is called that holds a layer
/// that makes masks, or that was given a mask; without it, no call looks for masks at all.
final class MaskTable: Sendable {
    private let masks = Lock<[UInt64: Tensor]>([:])

    /// The mask of the first of some tensors, which is the one that has time steps.
    subscript(tensors: Tensors) -> Tensor? {
        tensors.count == 0 ? nil : masks.withLock { $0[tensors[0].id] }
    }

    func attach(_ mask: Tensor, to tensors: Tensors) {
        guard tensors.count > 0 else { return }
        masks.withLock { $0[tensors[0].id] = mask }
    }

    /// The table of a context; nil where masks need no minding.
    static func current(in context: Context?) -> MaskTable? {
        guard let context, let names = context.names as? ScopeContext else { return nil }
        if let masks = names.masks { return masks }
        guard let graph = context.graph, !graph.isTrace else { return nil }
        return names.scope.registry.masks
    }
}
