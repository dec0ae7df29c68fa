import Layers
import Operators
import TensorCore

/// A scale that is trained, around a statistic that is not, as in batch normalization: made in the order `mean`, `scale`.
public final class Statistics: Layer {
    private var scale: Variable?

    public override func build(_ inputShape: Shape) throws {
        _ = try addVariable("mean", [2], initializer: .zeros, isTrainable: false)
        scale = try addVariable("scale", [], initializer: .ones)
    }

    public override func call(_ input: Tensor) throws -> Tensor { try input * scale.required(by: self).value }

    public override func emptyCopy() -> Layer { Statistics(layerName: givenName, isTrainable: isTrainable) }
}

/// A weight `w` with the penalty `Σw²`, a counter, and at each call in a graph on `x` the conditional loss `Σx` and a
/// conditional update of the counter to it.
public final class LossLayer: Layer {
    private var weight: Variable?
    private var counter: Variable?

    public override func build(_ inputShape: Shape) throws {
        let width = try inputShape.requiredDimension(-1, of: "the last dimension of the input to LossLayer")
        weight = try addVariable("w", [width], initializer: .ones, regularizer: .l2(1))
        counter = try addVariable("cnt", [], initializer: .zeros, isTrainable: false)
    }

    public override func call(_ x: Tensor) throws -> Tensor {
        if !executesEagerly {
            let total = try sum(x)
            try addLoss(total, inputs: [x])
            addUpdate(try counter.required(by: self).assign(total), inputs: [x])
        }
        return try x * weight.required(by: self).value
    }

    public override func emptyCopy() -> Layer { LossLayer(layerName: givenName, isTrainable: isTrainable) }
}

/// Makes in ``build(_:)`` what its closure says.
public final class Maker: Layer {
    private let make: (Maker, Shape) throws -> Void

    public init(name: String? = nil, _ make: @escaping (Maker, Shape) throws -> Void) {
        self.make = make
        super.init(layerName: name)
    }

    public override func build(_ inputShape: Shape) throws { try make(self, inputShape) }

    public override func call(_ input: Tensor) throws -> Tensor { input }
}
