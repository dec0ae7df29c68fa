/// Convolutions place by place, straight from the definition: for windows so sparse that a copy with a border would be out of
/// all proportion, and to hold the fast kernels against.
struct DirectConvolution {
    let shape: ConvolutionShape

    init(_ shape: ConvolutionShape) { self.shape = shape }

    func forward(
        _ x: UnsafeRawPointer, _ w: UnsafeRawPointer, bias: UnsafeRawPointer?, into y: UnsafeMutableRawPointer
    ) {
        shape.isDouble ? forward(Double.self, x, w, bias, y) : forward(Float.self, x, w, bias, y)
    }

    func backwardToInput(_ dy: UnsafeRawPointer, _ w: UnsafeRawPointer, into dx: UnsafeMutableRawPointer) {
        shape.isDouble ? backwardToInput(Double.self, dy, w, dx) : backwardToInput(Float.self, dy, w, dx)
    }

    /// `dw` is zero before.
    func backwardToKernel(_ x: UnsafeRawPointer, _ dy: UnsafeRawPointer, into dw: UnsafeMutableRawPointer) {
        shape.isDouble ? backwardToKernel(Double.self, x, dy, dw) : backwardToKernel(Float.self, x, dy, dw)
    }

    private func forward<Scalar: BinaryFloatingPoint>(
        _ type: Scalar.Type, _ x: UnsafeRawPointer, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer?,
        _ y: UnsafeMutableRawPointer
    ) {
        let (x, w, y) = (
            x.assumingMemoryBound(to: Scalar.self), w.assumingMemoryBound(to: Scalar.self),
            y.assumingMemoryBound(to: Scalar.self)
        )
        let bias = bias?.assumingMemoryBound(to: Scalar.self)
        for image in 0..<shape.batch {
            for place in 0..<shape.outputPlaces {
                for channel in 0..<shape.outputChannels { y[output(image, place, channel)] = bias?[channel] ?? 0 }
            }
        }
        forEachContact { input, output, weight in y[output] += x[input] * w[weight] }
    }

    private func backwardToInput<Scalar: BinaryFloatingPoint>(
        _ type: Scalar.Type, _ dy: UnsafeRawPointer, _ w: UnsafeRawPointer, _ dx: UnsafeMutableRawPointer
    ) {
        let (dy, w, dx) = (
            dy.assumingMemoryBound(to: Scalar.self), w.assumingMemoryBound(to: Scalar.self),
            dx.assumingMemoryBound(to: Scalar.self)
        )
        dx.update(repeating: 0, count: shape.inputCount)
        forEachContact { input, output, weight in dx[input] += dy[output] * w[weight] }
    }

    private func backwardToKernel<Scalar: BinaryFloatingPoint>(
        _ type: Scalar.Type, _ x: UnsafeRawPointer, _ dy: UnsafeRawPointer, _ dw: UnsafeMutableRawPointer
    ) {
        let (x, dy, dw) = (
            x.assumingMemoryBound(to: Scalar.self), dy.assumingMemoryBound(to: Scalar.self),
            dw.assumingMemoryBound(to: Scalar.self)
        )
        forEachContact { input, output, weight in dw[weight] += x[input] * dy[output] }
    }

    /// Every input element, output element and weight that meet.
    private func forEachContact(_ body: (_ input: Int, _ output: Int, _ weight: Int) -> Void) {
        let axes = shape.axes
        let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
        for tap in liveTaps() {
            let ranges = (0..<3).map { axes[$0].outputs(meeting: tap[$0]) }
            let tapIndex = (tap[0] * axes[1].kernel + tap[1]) * axes[2].kernel + tap[2]
            for first in ranges[0] {
                for second in ranges[1] {
                    for third in ranges[2] {
                        let seen = zip([first, second, third], 0..<3).map { place, axis in
                            place * axes[axis].stride + tap[axis] * axes[axis].dilation - axes[axis].before
                        }
                        let from = (seen[0] * axes[1].input + seen[1]) * axes[2].input + seen[2]
                        let to = (first * axes[1].output + second) * axes[2].output + third
                        for image in 0..<shape.batch {
                            for channel in 0..<shape.outputChannels {
                                let group = channel / outputs
                                for inside in 0..<inputs {
                                    body(
                                        input(image, from, group * inputs + inside), output(image, to, channel),
                                        (tapIndex * inputs + inside) * shape.outputChannels + channel)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func liveTaps() -> [[Int]] {
        let live = shape.axes.map { axis in (0..<axis.kernel).filter { !axis.outputs(meeting: $0).isEmpty } }
        return live[0].flatMap { first in live[1].flatMap { second in live[2].map { [first, second, $0] } } }
    }

    private func input(_ image: Int, _ place: Int, _ channel: Int) -> Int {
        index(image, place, channel, places: shape.inputPlaces, channels: shape.inputChannels)
    }

    private func output(_ image: Int, _ place: Int, _ channel: Int) -> Int {
        index(image, place, channel, places: shape.outputPlaces, channels: shape.outputChannels)
    }

    private func index(_ image: Int, _ place: Int, _ channel: Int, places: Int, channels: Int) -> Int {
        shape.channelsFirst
            ? (image * channels + channel) * places + place : (image * places + place) * channels + channel
    }
}
