import CKernels

/// How a gathering's weights lie.
enum WeightsLayout {
    /// `[taps, source channels of a group, all result channels]`
    case natural
    /// `[group, taps, source channels of a group, result channels of a group]`
    case grouped
    /// `[group, result channels of a group, taps, source channels of a group]`: as the windows lie, for few results.
    case alongRuns
}

/// A kernel laid out for a gathering.
struct ConvolutionWeights: ~Copyable {
    let pointer: UnsafeRawPointer
    let layout: WeightsLayout
    private let copy: Scratch?

    private init(_ pointer: UnsafeRawPointer, _ layout: WeightsLayout, _ copy: consuming Scratch?) {
        self.pointer = pointer
        self.layout = layout
        self.copy = copy
    }

    /// The kernel itself, or of its taps those that meet the image anywhere.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    static func forward(
        _ w: UnsafeRawPointer, _ plan: GatherPlan, _ shape: ConvolutionShape
    ) throws(TensorError) -> ConvolutionWeights {
        let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
        if !shape.isDepthwise, plan.suitsWeightsAlongRuns(results: outputs) {
            let inner = plan.taps.count * inputs
            return try copied(w, plan, shape, .alongRuns) { from, group, place, target in
                let to = target + (group * outputs * inner + place * inputs) * shape.size
                turn(from, inputs, outputs, to, step: inner, shape)
            }
        }
        if plan.isNatural(kernelCount: shape.tapCount) || plan.taps.isEmpty {
            return ConvolutionWeights(w, .natural, nil)
        }
        let bytes = inputs * shape.outputChannels * shape.size
        let copy = try Scratch(byteCount: plan.taps.count * bytes)
        for (place, tap) in plan.taps.enumerated() {
            (copy.pointer + place * bytes).copyMemory(from: w + tap.index * bytes, byteCount: bytes)
        }
        return ConvolutionWeights(UnsafeRawPointer(copy.pointer), .natural, consume copy)
    }

    /// Each tap's matrix turned around, group by group; depthwise kernels have nothing to turn.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    static func backward(
        _ w: UnsafeRawPointer, _ plan: GatherPlan, _ shape: ConvolutionShape
    ) throws(TensorError) -> ConvolutionWeights {
        if shape.isDepthwise { return try forward(w, plan, shape) }
        let (inputs, outputs, size) = (shape.groupInputs, shape.groupOutputs, shape.size)
        if plan.suitsWeightsAlongRuns(results: inputs) {
            let inner = plan.taps.count * outputs
            return try copied(w, plan, shape, .alongRuns) { from, group, place, target in
                for input in 0..<inputs {
                    (target + ((group * inputs + input) * inner + place * outputs) * size)
                        .copyMemory(from: from + input * shape.outputChannels * size, byteCount: outputs * size)
                }
            }
        }
        return try copied(w, plan, shape, .grouped) { from, group, place, target in
            let to = target + (group * plan.taps.count + place) * inputs * outputs * size
            turn(from, inputs, outputs, to, step: inputs, shape)
        }
    }

    /// A copy that `lay` makes of one matrix after the other, `[inputs, outputs]` in lines of all output channels.
    private static func copied(
        _ w: UnsafeRawPointer, _ plan: GatherPlan, _ shape: ConvolutionShape, _ layout: WeightsLayout,
        _ lay: (_ matrix: UnsafeRawPointer, _ group: Int, _ place: Int, _ target: UnsafeMutableRawPointer) -> Void
    ) throws(TensorError) -> ConvolutionWeights {
        let size = shape.size
        let copy = try Scratch(byteCount: plan.taps.count * shape.groupInputs * shape.outputChannels * size)
        for group in 0..<shape.groups {
            for (place, tap) in plan.taps.enumerated() {
                let start = tap.index * shape.groupInputs * shape.outputChannels + group * shape.groupOutputs
                lay(w + start * size, group, place, copy.pointer)
            }
        }
        return ConvolutionWeights(UnsafeRawPointer(copy.pointer), layout, consume copy)
    }

    private static func turn(
        _ from: UnsafeRawPointer, _ inputs: Int, _ outputs: Int, _ to: UnsafeMutableRawPointer, step: Int,
        _ shape: ConvolutionShape
    ) {
        let turn = shape.isDouble ? ck_turn_f64 : ck_turn_f32
        turn(from, inputs, outputs, shape.outputChannels, to, step)
    }
}
