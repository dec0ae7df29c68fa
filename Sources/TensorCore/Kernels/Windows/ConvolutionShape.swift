/// Everything that a convolution's kernels need to know beside the elements. Kernels lie as `[taps…, inputChannels /
/// groups, outputChannels]`.
public struct ConvolutionShape: Sendable {
    /// Three axes, those that there are less of being units in front.
    public let axes: [WindowAxis]
    public let batch: Int
    public let inputChannels: Int
    public let outputChannels: Int
    public let groups: Int
    /// Whether images are `[channels, …]` rather than `[…, channels]`.
    public let channelsFirst: Bool
    public let dtype: DType

    public init(
        axes: [WindowAxis], batch: Int, inputChannels: Int, outputChannels: Int, groups: Int, channelsFirst: Bool,
        dtype: DType
    ) {
        self.axes = Array(repeating: .unit, count: 3 - axes.count) + axes
        self.batch = batch
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.groups = groups
        self.channelsFirst = channelsFirst
        self.dtype = dtype
    }

    var isDouble: Bool { dtype == .float64 }
    var size: Int { dtype.byteCount }
    var groupInputs: Int { inputChannels / groups }
    var groupOutputs: Int { outputChannels / groups }
    var kernel: [Int] { axes.map(\.kernel) }
    var tapCount: Int { axes.reduce(1) { $0.multipliedSaturating(by: $1.kernel) } }
    var inputPlaces: Int { axes.reduce(1) { $0 * $1.input } }
    var outputPlaces: Int { axes.reduce(1) { $0 * $1.output } }
    var inputCount: Int { batch * inputPlaces * inputChannels }
    var outputCount: Int { batch * outputPlaces * outputChannels }
    var kernelCount: Int { tapCount.multipliedSaturating(by: groupInputs).multipliedSaturating(by: outputChannels) }

    /// Whether every channel is convolved by itself.
    var isDepthwise: Bool { groups > 1 && groupInputs == 1 }

    /// The gatherings that lead from output back to input, one for each place within a stride.
    var backwardGatherings: [[GatherAxis]] {
        let parts = axes.map(GatherAxis.backward)
        return parts[0].flatMap { first in parts[1].flatMap { second in parts[2].map { [first, second, $0] } } }
    }
}
