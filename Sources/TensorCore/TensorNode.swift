/// The open handle of a symbolic value: a tensor that a graph will compute.
///
/// What stands behind it (operator, inputs, graph) is the business of the floor above, which subclasses it.
/// A node never changes after creation, which is what lets a ``Tensor`` that holds one be Sendable.
open class TensorNode {
    public init() {}
}
