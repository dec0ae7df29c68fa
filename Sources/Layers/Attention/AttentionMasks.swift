import Operators
import TensorCore

/// The masks of the inputs of an attention layer: those that were given, else those that the inputs bring along.
struct InputMasks {
    private let masks: [Tensor?]

    init(_ inputs: Tensors, of layer: Layer, _ options: CallOptions) {
        masks = layer.inputMasks(inputs).enumerated().map { index, mask in
            let given = index == 0 ? options.mask : options.otherMasks.dropFirst(index - 1).first ?? nil
            return given ?? mask
        }
    }

    subscript(index: Int) -> Tensor? { masks.indices.contains(index) ? masks[index] : nil }
}

/// Where all of some masks hold, stretched over each other; nil where there is none.
func allOf(_ masks: [Tensor?]) throws -> Tensor? {
    try masks.compactMap { $0 }.reduce(nil) { known, mask in try known.map { try logicalAnd($0, mask) } ?? mask }
}

/// Some of the weights left out, the others scaled up.
func dropped(_ weights: Tensor, rate: Double, key: Tensor) throws -> Tensor {
    rate < 1 ? try dropout(weights, rate: rate, key: key) : try zerosLike(weights)
}
