/// One axis of a window that slides over an image: output place `o` sees the input places `o · stride + tap · dilation −
/// before` of every tap, those of them that exist.
public struct WindowAxis: Sendable, Equatable {
    public let input: Int
    public let output: Int
    public let kernel: Int
    public let stride: Int
    public let dilation: Int
    /// How many places of padding lie before the first input place.
    public let before: Int

    /// All but `input` and `output` at most `Shape.extentMax`, so that sums of their products stay within an Int.
    public init(input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, before: Int) {
        self.input = input
        self.output = output
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.before = before
    }

    /// An axis along which nothing happens.
    public static let unit = WindowAxis(input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0)

    /// The output places at which `tap` meets an input place; empty when there is none.
    func outputs(meeting tap: Int) -> Range<Int> {
        let offset = tap * dilation - before
        let first = offset >= 0 ? 0 : (-offset + stride - 1) / stride
        let last = input - 1 - offset < 0 ? -1 : (input - 1 - offset) / stride
        return first..<max(first, min(last, output - 1) + 1)
    }
}

/// One axis of a gathering: place `j` of the result takes `source[j · step + offset]` for each tap. A window is one
/// gathering from input to output; turned around it is `stride` of them, each for every `stride`-th input place.
struct GatherAxis {
    /// How many places of the result.
    let count: Int
    let step: Int
    /// Where the places of the result stand: `start + j · stride`.
    let resultStart: Int
    let resultStride: Int
    let sourceExtent: Int
    /// The taps that meet the source anywhere, in the order of their offsets.
    let taps: [(index: Int, offset: Int)]

    init(forward axis: WindowAxis) {
        count = axis.output
        step = axis.stride
        resultStart = 0
        resultStride = 1
        sourceExtent = axis.input
        taps = (0..<axis.kernel).compactMap { tap in
            axis.outputs(meeting: tap).isEmpty ? nil : (tap, tap * axis.dilation - axis.before)
        }
    }

    /// A gathering of nothing, where there are no weights.
    init(empty axis: WindowAxis) {
        count = axis.output
        step = 1
        resultStart = 0
        resultStride = 1
        sourceExtent = axis.input
        taps = []
    }

    /// The gathering from output to input for the input places `first`, `first + stride`, …
    init(backward axis: WindowAxis, first: Int) {
        let count = (axis.input - first + axis.stride - 1) / axis.stride
        self.count = count
        step = 1
        resultStart = first
        resultStride = axis.stride
        sourceExtent = axis.output
        taps = (0..<axis.kernel).reversed().compactMap { tap in
            let distance = first + axis.before - tap * axis.dilation
            guard distance % axis.stride == 0 else { return nil }
            let offset = distance / axis.stride
            return offset < axis.output && offset + count > 0 ? (tap, offset) : nil
        }
    }

    /// All gatherings that make up the way back.
    static func backward(_ axis: WindowAxis) -> [GatherAxis] {
        (0..<min(axis.stride, axis.input)).map { GatherAxis(backward: axis, first: $0) }
    }

    /// The first source place that is looked at, and how many from there on.
    var boxStart: Int { taps.first?.offset ?? 0 }
    var boxCount: Int {
        taps.isEmpty || count == 0 ? 0 : taps[taps.count - 1].offset - boxStart + (count - 1) * step + 1
    }
    var isInside: Bool { boxStart >= 0 && boxStart + boxCount <= sourceExtent }
}
