import Operators
import TensorCore

/// How windows meet the edges of images.
public enum EdgePadding: String, Sendable, CaseIterable {
    /// They stay within the image.
    case valid
    /// There is an output place for every `stride` input places.
    case same
    /// For sequences: all padding lies in front, so that no output sees what comes after it.
    case causal

    /// As operators want it, for a sequence of windows of this size.
    func window(kernel: Int = 1, dilation: Int = 1) -> WindowPadding {
        switch self {
        case .valid: .valid
        case .same: .same
        case .causal: .causal(kernel: kernel, dilation: dilation)
        }
    }
}

/// What layers with kernels that move over images have in common: how they move, a bias and an activation.
public class SpatialKernelLayer: Layer {
    private let movement: WindowMovement
    public var kernelSize: [Int] { movement.kernelSize }
    public var strides: [Int] { movement.strides }
    public var padding: EdgePadding { movement.padding }
    public var dataFormat: DataFormat { movement.dataFormat }
    public var dilations: [Int] { movement.dilations }
    public let activation: ActivationFunction?
    public let usesBias: Bool
    let biasSettings: VariableSettings
    private(set) var bias: Variable?

    /// How many spatial axes there are.
    class var dimensions: Int { 1 }

    /// What is done with the sums.
    struct Finish {
        var activation: ActivationFunction?
        var usesBias = true
        var bias = VariableSettings(.zeros)
    }

    init(_ movement: WindowMovement, _ finish: Finish, isTrainable: Bool, dtype: DType?, name: String?) {
        self.movement = movement
        activation = finish.activation
        usesBias = finish.usesBias
        biasSettings = finish.bias
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        inputSpecifications = [InputSpecification(rank: Self.dimensions + 2)]
    }

    init(_ configuration: LayerConfiguration) throws {
        let count = Self.dimensions
        movement = try WindowMovement(
            configuration, dimensions: count, paddings: count == 1 ? [.valid, .same, .causal] : [.valid, .same])
        activation = try configuration.activation("activation")
        usesBias = try configuration.bool("use_bias", default: true)
        biasSettings = try configuration.variable("bias", .zeros)
        super.init(
            layerName: try configuration.name(), isTrainable: try configuration.isTrainable(),
            dtype: try configuration.dtype())
        inputSpecifications = [InputSpecification(rank: count + 2)]
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        movement.write(&settings)
        settings.set("activation", activation)
        settings.set("use_bias", usesBias)
        settings.set("bias", biasSettings)
    }

    /// Where the channels of an image are.
    final func channelAxis(_ shape: Shape) -> Int { dataFormat == .channelsLast ? shape.rank - 1 : 1 }

    /// The number of channels that come in, which has to be known; noted as what further inputs must have.
    final func inputChannels(_ inputShape: Shape) throws -> Int {
        for (what, numbers) in [("kernel_size", kernelSize), ("strides", strides), ("dilation_rate", dilations)] {
            guard numbers.count == Self.dimensions, numbers.allSatisfy({ (1...Shape.extentMax).contains($0) }) else {
                throw LayerError(
                    .value,
                    "\(what) of \(displayName) must be \(Self.dimensions) positive numbers, but it is \(numbers)")
            }
        }
        let axis = channelAxis(inputShape)
        let channels = try inputShape.requiredDimension(axis, of: "The channel dimension of the inputs")
        guard channels > 0 else {
            throw LayerError(
                .value, "The number of input channels must be positive, but the input's shape is \(inputShape)")
        }
        inputSpecifications = [
            InputSpecification(rank: Self.dimensions + 2, extents: [dataFormat == .channelsLast ? -1 : 1: channels])
        ]
        return channels
    }

    final func addBias(_ outputs: Int) throws {
        bias = usesBias ? try addVariable("bias", Shape(checking: [outputs]), biasSettings) : nil
    }

    /// The shapes of the variables that ``compute(_:_:bias:activation:)`` takes, for so many channels.
    func kernelShapes(_ channels: Int) throws -> [Shape] { [] }

    /// The sums, with the bias where there is one, and with the activation where that can be done in passing.
    func compute(_ x: Tensor, _ kernels: [Tensor], bias: Tensor?, activation: OutputActivation) throws -> Tensor { x }

    /// The values of the kernels.
    func kernels() throws -> [Tensor] { [] }

    public override func call(_ x: Tensor) throws -> Tensor {
        let fused = activation.map(\.fused) ?? .linear
        let y = try compute(x, kernels(), bias: bias?.value, activation: fused ?? .linear)
        return fused == nil ? try apply(activation, to: y) : y
    }

    public override func computeMask(_ inputs: Tensors, _ mask: Tensor?) -> Tensor? { nil }

    /// What the operators make of symbolic images and kernels.
    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        for specification in inputSpecifications { try specification.check(inputShape, index: 0, of: self) }
        let known = inputSpecifications
        defer { inputSpecifications = known }
        let shapes = try kernelShapes(inputChannels(inputShape))
        let graph = Graph()
        let output = try graph.asDefault {
            let kernels = try shapes.map { try graph.placeholder(TensorSpec($0)) }
            return try compute(graph.placeholder(TensorSpec(inputShape)), kernels, bias: nil, activation: .linear)
        }
        return Shape(output.shape.extents.map { max($0, Shape.unknown) })
    }
}

extension SpatialKernelLayer {
    /// A bias added to each channel of an image.
    final func adding(_ bias: Tensor?, to y: Tensor) throws -> Tensor {
        guard let bias else { return y }
        guard dataFormat == .channelsFirst else { return try y + bias }
        return try y + reshape(bias, [-1] + Array(repeating: 1, count: Self.dimensions))
    }
}
