import CKernels

extension Kernels {
    /// y = activation(x ∗ w + bias); images as the shape says.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func convolve(
        _ x: UnsafeRawPointer, _ w: UnsafeRawPointer, bias: UnsafeRawPointer? = nil,
        activation: OutputActivation = .linear, into y: UnsafeMutableRawPointer, _ shape: ConvolutionShape
    ) throws(TensorError) {
        guard shape.outputCount > 0 else { return }
        let plan = GatherPlan(
            shape.kernelCount == 0
                ? shape.axes.map(GatherAxis.init(empty:)) : shape.axes.map(GatherAxis.init(forward:)),
            kernel: shape.kernel, sourceChannels: shape.inputChannels,
            repeats: shape.isDepthwise ? shape.groupOutputs : 1, groups: shape.groups,
            channelsFirst: shape.channelsFirst)
        if plan.isUnreasonable {
            DirectConvolution(shape).forward(x, w, bias: bias, into: y)
            finish(y, count: shape.outputCount, shape.dtype, activation == .relu ? .linear : activation)
            if activation == .relu { UnaryKernel.relu.run(inPlace: y, count: shape.outputCount, shape.dtype) }
            return
        }
        let rows = try ChannelsLast(y, batch: shape.batch, places: shape.outputPlaces, shape.outputChannels, shape)
        let weights = try ConvolutionWeights.forward(w, plan, shape)
        if shape.isDepthwise {
            try DepthwiseProduct(
                plan: plan, batch: shape.batch, source: x, weights: weights.pointer, result: rows.pointer,
                resultExtents: shape.axes.map(\.output), bias: bias, clips: activation == .relu,
                isDouble: shape.isDouble
            ).run()
        } else {
            try GatheredProduct(
                plan: plan, batch: shape.batch, source: x, weights: weights.pointer, layout: weights.layout,
                result: rows.pointer, resultExtents: shape.axes.map(\.output), resultChannels: shape.outputChannels,
                bias: bias, clips: activation == .relu, isDouble: shape.isDouble
            ).run()
        }
        rows.deliver(to: y)
        _ = consume weights
        _ = consume rows
        finish(y, count: shape.outputCount, shape.dtype, activation)
    }

    /// dx = the gradient that arrives at the input when `dy` arrives at the output; also the transposed convolution.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func convolveBackwardToInput(
        _ dy: UnsafeRawPointer, _ w: UnsafeRawPointer, into dx: UnsafeMutableRawPointer, _ shape: ConvolutionShape
    ) throws(TensorError) {
        guard shape.inputCount > 0 else { return }
        guard shape.outputCount > 0, shape.kernelCount > 0 else {
            dx.initializeMemory(as: UInt8.self, repeating: 0, count: shape.inputCount * shape.size)
            return
        }
        // With strides much larger than the kernel most input places are seen by nothing.
        guard shape.axes.allSatisfy({ $0.stride <= 64 }) else {
            return DirectConvolution(shape).backwardToInput(dy, w, into: dx)
        }
        let plans = shape.backwardGatherings.map { axes in
            GatherPlan(
                axes, kernel: shape.kernel, sourceChannels: shape.outputChannels, groups: shape.groups,
                channelsFirst: shape.channelsFirst)
        }
        guard !plans.contains(where: \.isUnreasonable) else {
            return DirectConvolution(shape).backwardToInput(dy, w, into: dx)
        }
        let rows = try ChannelsLast(dx, batch: shape.batch, places: shape.inputPlaces, shape.inputChannels, shape)
        let extents = shape.axes.map(\.input)
        for plan in plans {
            let weights = try ConvolutionWeights.backward(w, plan, shape)
            if shape.isDepthwise {
                try DepthwiseProduct(
                    plan: plan, batch: shape.batch, source: dy, weights: weights.pointer, result: rows.pointer,
                    resultExtents: extents, sums: shape.groupOutputs, isDouble: shape.isDouble
                ).run()
            } else {
                try GatheredProduct(
                    plan: plan, batch: shape.batch, source: dy, weights: weights.pointer, layout: weights.layout,
                    result: rows.pointer, resultExtents: extents, resultChannels: shape.inputChannels, bias: nil,
                    clips: false, isDouble: shape.isDouble
                ).run()
            }
            _ = consume weights
        }
        rows.deliver(to: dx)
        _ = consume rows
    }

    /// dw = the gradient that arrives at the kernel.
    ///
    /// - Throws: `TensorError.outOfMemory`.
    public static func convolveBackwardToKernel(
        _ x: UnsafeRawPointer, _ dy: UnsafeRawPointer, into dw: UnsafeMutableRawPointer, _ shape: ConvolutionShape
    ) throws(TensorError) {
        guard shape.kernelCount > 0 else { return }
        func clear() { dw.initializeMemory(as: UInt8.self, repeating: 0, count: shape.kernelCount * shape.size) }
        guard shape.outputCount > 0, shape.inputCount > 0 else { return clear() }
        let plan = GatherPlan(
            shape.axes.map(GatherAxis.init(forward:)), kernel: shape.kernel, sourceChannels: shape.inputChannels,
            repeats: shape.isDepthwise ? shape.groupOutputs : 1, groups: shape.groups,
            channelsFirst: shape.channelsFirst)
        // A product writes every weight of the taps that it has.
        if plan.isUnreasonable || shape.isDepthwise || plan.taps.count < shape.tapCount { clear() }
        if plan.isUnreasonable { return DirectConvolution(shape).backwardToKernel(x, dy, into: dw) }

        let copy = try Scratch(
            byteCount: plan.needsCopy ? shape.batch.multipliedSaturating(by: plan.imageCount * shape.size) : 0)
        if plan.needsCopy { plan.copy(x, to: copy.pointer, batch: shape.batch, isDouble: shape.isDouble) }
        let gradient = try ChannelsLast(
            reading: dy, batch: shape.batch, places: shape.outputPlaces, shape.outputChannels, shape)
        let source = plan.needsCopy ? UnsafeRawPointer(copy.pointer) : x
        if shape.isDepthwise {
            DepthwiseProduct.backwardToKernel(
                plan, source, UnsafeRawPointer(gradient.pointer), into: dw, shape)
        } else {
            for group in 0..<shape.groups {
                try backwardToKernel(plan, source, UnsafeRawPointer(gradient.pointer), into: dw, shape, group: group)
            }
        }
        _ = consume gradient
        _ = consume copy
    }

    private static func backwardToKernel(
        _ plan: GatherPlan, _ source: UnsafeRawPointer, _ dy: UnsafeRawPointer, into dw: UnsafeMutableRawPointer,
        _ shape: ConvolutionShape, group: Int
    ) throws(TensorError) {
        let rows = plan.rows(images: shape.batch)
        let runs = plan.runs(group: group)
        let (inputs, outputs) = (shape.groupInputs, shape.groupOutputs)
        let places = plan.taps.flatMap { tap in
            (0..<inputs).map { (tap.index * inputs + $0) * shape.outputChannels }
        }
        let outcome = rows.withUnsafeBufferPointer { rows in
            runs.withUnsafeBufferPointer { runs in
                places.withUnsafeBufferPointer { places in
                    let product = RowProduct(
                        ck_product(
                            x: source, x_rows: rows.baseAddress, x_stride: 0, runs: runs.baseAddress,
                            run_count: runs.count, whole: ck_run(offset: 0, length: 0),
                            y: dy + group * outputs * shape.size, y_row_stride: shape.outputChannels,
                            y_column_stride: 1,
                            y_packed: nil, z: dw + group * outputs * shape.size, z_rows: places.baseAddress,
                            z_stride: 0,
                            m: places.count, k: rows.count, n: outputs, bias: nil, finish: Int32(CK_IDENTITY),
                            accumulate: 0, is_slim: 0, level: ck_level()),
                        dtype: shape.dtype, isTurned: true)
                    return Result { () throws(TensorError) in
                        guard places.count > 0 else { return }
                        try product.runCuttingSums()
                    }
                }
            }
        }
        try outcome.get()
    }
}

/// Images as `[batch, places, channels]`: the memory itself where it lies so, a turned copy where channels come first.
private struct ChannelsLast: ~Copyable {
    let pointer: UnsafeMutableRawPointer
    private let copy: Scratch?
    private let batch: Int
    private let places: Int
    private let channels: Int
    private let size: Int

    /// Memory to be written, and delivered at the end.
    init(
        _ images: UnsafeMutableRawPointer, batch: Int, places: Int, _ channels: Int, _ shape: ConvolutionShape
    ) throws(TensorError) {
        self.batch = batch
        self.places = places
        self.channels = channels
        size = shape.size
        if shape.channelsFirst {
            let memory = try Scratch(byteCount: batch * places * channels * shape.size)
            pointer = memory.pointer
            copy = consume memory
        } else {
            pointer = images
            copy = nil
        }
    }

    /// Memory that is only read.
    init(
        reading images: UnsafeRawPointer, batch: Int, places: Int, _ channels: Int, _ shape: ConvolutionShape
    ) throws(TensorError) {
        try self.init(
            UnsafeMutableRawPointer(mutating: images), batch: batch, places: places, channels, shape)
        if shape.channelsFirst {
            Kernels.turn(images, rows: channels, columns: places, into: pointer, batch: batch, byteCount: size)
        }
    }

    func deliver(to images: UnsafeMutableRawPointer) {
        guard pointer != images else { return }
        Kernels.turn(
            UnsafeRawPointer(pointer), rows: places, columns: channels, into: images, batch: batch, byteCount: size)
    }
}
