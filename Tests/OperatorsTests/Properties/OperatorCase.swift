import Operators
import TensorCore
import TestSupport
import Testing

/// One operator with inputs on which it is smooth: what all the properties of operators are tested on.
///
/// A new operator gets a line in one of the lists, and with it every property.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let inputs: [Tensor]
    /// Whether a gradient flows, that can be held against differences.
    var hasGradient = true
    /// Whether the gradient can be differentiated again.
    var hasSecondGradient = true
    /// Whether it can be traced with all extents unknown; otherwise only the first one is.
    var allowsAllUnknown = true
    /// The inputs whose shape must be known for that: the weights of some layers.
    var known: Set<Int> = []
    let function: @Sendable ([Tensor]) throws -> [Tensor]

    var testDescription: String { name }

    init(
        _ name: String, _ inputs: [Tensor], gradient: Bool = true, second: Bool = true, unknown: Bool = true,
        known: Set<Int> = [], _ function: @escaping @Sendable ([Tensor]) throws -> Tensor
    ) {
        self.init(name, inputs, several: gradient, second: second, unknown: unknown, known: known) {
            [try function($0)]
        }
    }

    init(
        _ name: String, _ inputs: [Tensor], several gradient: Bool, second: Bool = true, unknown: Bool = true,
        known: Set<Int> = [], _ function: @escaping @Sendable ([Tensor]) throws -> [Tensor]
    ) {
        self.name = name
        self.inputs = inputs
        hasGradient = gradient
        hasSecondGradient = gradient && second
        allowsAllUnknown = unknown
        self.known = known
        self.function = function
    }

    /// The inputs' shapes with nothing, the first extent, or everything unknown.
    var unknownShapes: [[Shape]] {
        let shapes = inputs.map(\.shape)
        func hiding(_ hides: (Int) -> Bool) -> [Shape] {
            inputs.enumerated().map { place, input in
                // A random key has one shape.
                guard input.dtype != .uint64, !known.contains(place) else { return input.shape }
                return Shape(input.shape.extents.enumerated().map { hides($0) ? Shape.unknown : $1 })
            }
        }
        return [shapes, hiding { $0 == 0 }] + (allowsAllUnknown ? [hiding { _ in true }] : [])
    }

    /// Every operator with inputs that suit it.
    static let all: [OperatorCase] = light + arranging + windows + recurrences

    /// Those whose loops over the elements are shared out, if there are a million.
    static let light: [OperatorCase] =
        elementwise + binary + wholeNumbers + activations + reductions + random + control + normalizations + losses

    /// Those that move elements, and products.
    static let arranging: [OperatorCase] = linearAlgebra + shapes + indexing
}

/// Elements of either sign, away from zero, below one.
func mixed(_ shape: Shape) -> Tensor { sample(shape) }

/// Elements above zero, from 0.3 to 2.3.
func positive(_ shape: Shape) -> Tensor {
    Tensor(shape, sample(shape).values.map { $0 + 1.3 })
}

func whole(_ shape: Shape, _ elements: [Int32]) -> Tensor { Tensor(shape, elements) }
