import Operators
import TensorCore

/// Random numbers whose variance follows the number of inputs and outputs of a layer.
///
/// - Source: tf.variance_scaling_initializer; Glorot and Bengio (2010), He et al. (2015), LeCun et al. (1998).
public struct VarianceScaling: Initializer {
    /// Which fan the scale is divided by.
    public enum Mode: String, Sendable {
        case fanIn = "fan_in"
        case fanOut = "fan_out"
        case fanAverage = "fan_avg"
    }

    public let scale: Double
    public let mode: Mode

    public init(scale: Double = 1, mode: Mode = .fanIn) {
        self.scale = scale
        self.mode = mode
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: RandomStream, fullShape: Shape) throws
        -> Tensor
    {
        let fans = fans(of: fullShape)
        let fan: Double =
            switch mode {
            case .fanIn: fans.input
            case .fanOut: fans.output
            case .fanAverage: (fans.input + fans.output) / 2
            }
        let limit = (3 * scale / max(1, fan)).squareRoot()
        return try uniformTensor(shape, dtype, random, from: -limit, to: limit)
    }
}

extension Initializer where Self == VarianceScaling {
    /// Uniform in ±√(6 / (inputs + outputs)).
    public static var glorotUniform: VarianceScaling { VarianceScaling(scale: 1, mode: .fanAverage) }
}

/// The number of inputs and outputs that one element of a kernel of this shape connects (spec: fans).
func fans(of shape: Shape) -> (input: Double, output: Double) {
    switch shape.rank {
    case 0: return (1, 1)
    case 1: return (Double(shape[0]), Double(shape[0]))
    default:
        let field = Double(shape.dropLast(2).elementCount)
        return (Double(shape[shape.rank - 2]) * field, Double(shape[shape.rank - 1]) * field)
    }
}

/// Numbers spread evenly over an interval, in a floating type.
func uniformTensor(
    _ shape: Shape, _ dtype: DType, _ random: RandomStream, from low: Double, to high: Double
) throws -> Tensor {
    let spec = TensorSpec(shape, dtype)
    var tensor = try Tensor(uninitialized: spec)
    func number(_ index: Int) -> Double {
        low + (high - low) * Double(random.uniform(UInt64(index >> 2))[index & 3])
    }
    switch dtype {
    case .float32:
        tensor.withMutableElements(Float.self) { for index in $0.indices { $0[index] = Float(number(index)) } }
    case .float64:
        tensor.withMutableElements(Double.self) { for index in $0.indices { $0[index] = number(index) } }
    case .float16:
        tensor.withMutableElements(Float16Bits.self) {
            for index in $0.indices { $0[index] = Float16Bits(number(index)) }
        }
    case .bfloat16:
        tensor.withMutableElements(BFloat16Bits.self) {
            for index in $0.indices { $0[index] = BFloat16Bits(number(index)) }
        }
    default:
        throw TensorError.unsupportedDType(operator: "random uniform", received: dtype)
    }
    return tensor
}
