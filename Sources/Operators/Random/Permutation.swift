import TensorCore

/// The numbers `0 ..< count` in a random order, int64; the count is the first extent of a second input, whose elements do
/// not matter.
struct Permutation: BinaryOperator {
    func outputSpec(_ key: TensorSpec, _ reference: TensorSpec) throws(TensorError) -> TensorSpec {
        try requireKey(key, operator: name)
        guard reference.rank > 0 else {
            throw .rankTooSmall(operator: name, minimum: 1, received: reference.shape)
        }
        return TensorSpec(reference.shape[0..<1], .int64)
    }

    func forward(_ key: Tensor, _ reference: Tensor, into y: inout TensorBuffer) {
        Kernels.permutation(RandomStream(key), into: &y)
    }

    func gradients(x: Tensor, y: Tensor, z: Tensor, dz: Tensor, needed: Needed) -> (Tensor?, Tensor?) { (nil, nil) }
}

/// The numbers `0 ..< count` in a random order, int64; the key as in ``randomUniform(_:_:_:dtype:key:)``.
///
/// - Throws: `TensorError.shapeTooLarge` for a count that no axis has.
public func randomPermutation(_ count: Int, key: Tensor? = nil) throws(TensorError) -> Tensor {
    let reference = try Tensor.zeros(try Shape(checking: [count]), .bool)
    return try apply(Permutation(), to: someKey(key), reference)
}

/// The slices of `x` along its first axis in a random order. The gradient goes back to where they stood.
///
/// - Throws: `TensorError.rankTooSmall` for a scalar.
/// - Source: tf.random_shuffle (TensorFlow 1.8).
public func shuffled(_ x: Tensor, key: Tensor? = nil) throws(TensorError) -> Tensor {
    try gather(x, apply(Permutation(), to: someKey(key), x))
}
