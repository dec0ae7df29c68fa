import TensorCore

/// Which axis of an image holds the channels.
@frozen public enum DataFormat: String, Sendable, CaseIterable {
    case channelsLast = "channels_last"
    case channelsFirst = "channels_first"
}

/// What lies around an image where windows reach beyond it.
public enum WindowPadding: Sendable, Hashable {
    /// Nothing: windows stay within the image.
    case valid
    /// As much that there is an output place for every `stride` input places; the smaller half lies in front.
    case same
    /// So many places before and after, axis by axis.
    case explicit([Border])

    public struct Border: Sendable, Hashable {
        public var before: Int
        public var after: Int

        public init(before: Int, after: Int) {
            self.before = before
            self.after = after
        }
    }

    /// For sequences: all padding lies in front, so that an output place sees nothing that comes after it.
    public static func causal(kernel: Int, dilation: Int = 1) -> WindowPadding {
        let (reach, overflow) = (kernel - 1).multipliedReportingOverflow(by: dilation)
        return .explicit([Border(before: overflow ? Int.max : reach, after: 0)])
    }
}

/// How windows move over the spatial axes of images, for convolutions and pooling.
///
/// - Source: numeric conventions of TensorFlow: `same` gives ⌈input / stride⌉ places, `valid` ⌈(input − reach + 1) / stride⌉
///   with reach = (kernel − 1) · dilation + 1.
struct WindowGeometry: Sendable, Hashable {
    let strides: [Int]
    let dilations: [Int]
    let padding: WindowPadding
    let format: DataFormat

    /// The spatial axes.
    var count: Int { strides.count }

    func channelAxis(of shape: Shape) -> Int { format == .channelsLast ? shape.rank - 1 : 1 }
    func spatialAxis(_ axis: Int) -> Int { format == .channelsLast ? axis + 1 : axis + 2 }

    /// Numbers that can be used, and images with as many axes.
    func check(_ x: TensorSpec, operator name: String) throws(TensorError) {
        guard x.dtype == .float32 || x.dtype == .float64 else {
            throw .unsupportedDType(operator: name, received: x.dtype)
        }
        guard (1...3).contains(count), dilations.count == count else {
            throw .invalidArgument(
                operator: name,
                message: "one to three strides and as many dilations are needed, received \(strides) and \(dilations)")
        }
        guard x.rank == count + 2 else {
            throw .rankMismatch(
                operator: name, expected: "images of \(count + 2) axes for \(count) strides", received: x.shape)
        }
        guard strides.allSatisfy({ (1...Shape.extentMax).contains($0) }) else {
            throw .invalidArgument(operator: name, message: "strides must be at least 1, received \(strides)")
        }
        guard dilations.allSatisfy({ (1...Shape.extentMax).contains($0) }) else {
            throw .invalidArgument(operator: name, message: "dilations must be at least 1, received \(dilations)")
        }
        if case .explicit(let borders) = padding {
            guard borders.count == count,
                borders.allSatisfy({
                    (0...Shape.extentMax).contains($0.before) && (0...Shape.extentMax).contains($0.after)
                })
            else {
                throw .invalidArgument(
                    operator: name, message: "a border that is not negative is needed for each of \(count) axes")
            }
        }
    }

    /// How many places a window of `kernel` taps has along one axis; unknown where the input is.
    func outputExtent(
        _ axis: Int, input: Int, kernel: Int, operator name: String
    ) throws(TensorError) -> Int {
        let stride = strides[axis]
        guard kernel != 0 else {
            throw .invalidArgument(operator: name, message: "a window must have at least one tap along each axis")
        }
        if padding == .same {
            // An unknown extent keeps its name where it comes out as it went in.
            if input < 0 { return stride == 1 ? input : Shape.unknown }
            return (input + stride - 1) / stride
        }
        guard input >= 0, kernel > 0 else { return Shape.unknown }
        var whole = input
        if case .explicit(let borders) = padding { whole += borders[axis].before + borders[axis].after }
        let reach = (kernel - 1) * dilations[axis] + 1
        guard whole >= reach else {
            throw .invalidArgument(
                operator: name, message: "a window that reaches over \(reach) places does not fit into \(whole)")
        }
        let extent = (whole - reach) / stride + 1
        guard extent <= Shape.extentMax else { throw .shapeTooLarge(extents: [extent]) }
        return extent
    }

    /// The axis as the kernels want it, for known extents.
    func windowAxis(_ axis: Int, input: Int, output: Int, kernel: Int) -> WindowAxis {
        var before = 0
        switch padding {
        case .valid: break
        case .same:
            let total = (output - 1) * strides[axis] + (kernel - 1) * dilations[axis] + 1 - input
            before = max(total, 0) / 2
        case .explicit(let borders): before = borders[axis].before
        }
        return WindowAxis(
            input: input, output: output, kernel: kernel, stride: strides[axis], dilation: dilations[axis],
            before: before)
    }

    /// All axes of images `x` whose windows give `y`.
    func windowAxes(x: Shape, y: Shape, kernel: [Int]) -> [WindowAxis] {
        (0..<count).map {
            windowAxis($0, input: x[spatialAxis($0)], output: y[spatialAxis($0)], kernel: kernel[$0])
        }
    }

    /// Images of `batch` with these spatial extents and channels.
    func imageShape(batch: Int, spatial: [Int], channels: Int) -> Shape {
        format == .channelsLast ? Shape([batch] + spatial + [channels]) : Shape([batch, channels] + spatial)
    }
}
