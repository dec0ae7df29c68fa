import CKernels

/// A tensor seen as `[outer, channels, inner]`, normalized channel by channel, or in groups of neighbouring channels of each
/// of `samples` equal parts of `outer`.
public struct NormShape: Sendable {
    public let samples: Int
    public let outer: Int
    public let channels: Int
    public let inner: Int
    public let groups: Int
    public let isDouble: Bool

    /// - Parameters:
    ///   - samples: into how many parts, each normalized by itself, the tensor falls.
    ///   - outer: of one sample.
    ///   - groups: into how many groups the channels of a sample fall; as many as channels for a batch normalization.
    public init(samples: Int, outer: Int, channels: Int, inner: Int, groups: Int, dtype: DType) {
        self.samples = samples
        self.outer = outer
        self.channels = channels
        self.inner = inner
        self.groups = groups
        isDouble = dtype == .float64
    }

    fileprivate var size: Int { isDouble ? 8 : 4 }
    fileprivate var sampleCount: Int { outer * channels * inner }
    fileprivate var groupChannels: Int { channels / groups }
    /// Elements that share one mean.
    fileprivate var groupCount: Int { outer * inner * groupChannels }

    /// The parts that work is cut into: whole samples, and of each the same ranges of its outer axis.
    fileprivate var cuts: Int {
        let wanted = ComputePool.shares(elements: samples.multipliedSaturating(by: sampleCount))
        return max(1, min(outer, (wanted + samples - 1) / max(1, samples)))
    }

    /// Runs `body` for every part: its number, its sample, the part's first element and how much of the outer axis it has.
    fileprivate func forEachPart(_ body: @Sendable (_ part: Int, _ sample: Int, _ start: Int, _ count: Int) -> Void) {
        let cuts = cuts
        ComputePool.shared.forEach(shares: samples * cuts) { share in
            let range = ComputePool.range(share % cuts, of: cuts, count: outer)
            let sample = share / cuts
            body(share, sample, sample * sampleCount + range.lowerBound * channels * inner, range.count)
        }
    }
}

extension Kernels {
    /// The mean and biased variance of each group of each sample, `[samples, groups]` in double precision.
    public static func moments(_ x: UnsafeRawPointer, _ shape: NormShape) -> (mean: [Double], variance: [Double]) {
        guard shape.samples * shape.sampleCount > 0 else {
            let zeros = [Double](repeating: 0, count: shape.samples * shape.groups)
            return (zeros, zeros)
        }
        let (channels, cuts) = (shape.channels, shape.cuts)
        var partMeans = [Double](repeating: 0, count: shape.samples * cuts * channels)
        var partSquares = partMeans
        nonisolated(unsafe) let x = x
        partMeans.withUnsafeMutableBufferPointer { means in
            partSquares.withUnsafeMutableBufferPointer { squares in
                nonisolated(unsafe) let (means, squares) = (means.baseAddress!, squares.baseAddress!)
                shape.forEachPart { part, _, start, count in
                    let from = x + start * shape.size
                    if shape.isDouble {
                        ck_moments_f64(
                            bound(from), count, channels, shape.inner, means + part * channels, squares + part * channels)
                    } else {
                        ck_moments_f32(
                            bound(from), count, channels, shape.inner, means + part * channels, squares + part * channels)
                    }
                }
            }
        }
        var mean = [Double](repeating: 0, count: shape.samples * shape.groups)
        var variance = mean
        for sample in 0..<shape.samples {
            for channel in 0..<channels {
                let group = sample * shape.groups + channel / shape.groupChannels
                var known = Double(channel % shape.groupChannels * shape.outer * shape.inner)
                for cut in 0..<cuts {
                    let count = Double(ComputePool.range(cut, of: cuts, count: shape.outer).count * shape.inner)
                    guard count > 0 else { continue }
                    let place = (sample * cuts + cut) * channels + channel
                    // Chan, Golub and LeVeque's way to join two sets.
                    let distance = partMeans[place] - mean[group]
                    mean[group] += distance * count / (known + count)
                    variance[group] += partSquares[place] + distance * distance * known * count / (known + count)
                    known += count
                }
            }
        }
        for group in variance.indices { variance[group] /= Double(max(1, shape.groupCount)) }
        return (mean, variance)
    }

    /// y = (x − mean) · a + b, with the mean `[samples, groups]`, a and b `[samples, channels]`.
    public static func scale(
        _ x: UnsafeRawPointer, mean: [Double], _ a: [Double], _ b: [Double], into y: UnsafeMutableRawPointer,
        _ shape: NormShape
    ) {
        guard shape.samples * shape.sampleCount > 0 else { return }
        nonisolated(unsafe) let (x, y) = (x, y)
        let centres = NormFactors(shape.spread(mean), shape)
        let (a, b) = (NormFactors(a, shape), NormFactors(centres.correcting(b, by: a, shape.spread(mean)), shape))
        shape.forEachPart { _, sample, start, count in
            let (from, to) = (x + start * shape.size, y + start * shape.size)
            NormFactors.withSample(sample, centres, a, b) { mean, a, b in
                if shape.isDouble {
                    ck_scale_f64(
                        bound(from), count, shape.channels, shape.inner, bound(mean), bound(a), bound(b), bound(to))
                } else {
                    ck_scale_f32(
                        bound(from), count, shape.channels, shape.inner, bound(mean), bound(a), bound(b), bound(to))
                }
            }
        }
    }

    /// The sums of dy and of dy (x − mean) over each channel of each sample, `[samples, channels]`; the mean is one per group.
    public static func normSums(
        _ x: UnsafeRawPointer, _ dy: UnsafeRawPointer, mean: [Double], _ shape: NormShape
    ) -> (sums: [Double], products: [Double]) {
        guard shape.samples * shape.sampleCount > 0 else {
            let zeros = [Double](repeating: 0, count: shape.samples * shape.channels)
            return (zeros, zeros)
        }
        let (channels, cuts) = (shape.channels, shape.cuts)
        var partSums = [Double](repeating: 0, count: shape.samples * cuts * channels)
        var partProducts = partSums
        nonisolated(unsafe) let (x, dy) = (x, dy)
        // The kernels take the mean in the elements' type; what that rounds away comes back afterwards.
        let centres = NormFactors(shape.spread(mean), shape)
        partSums.withUnsafeMutableBufferPointer { sums in
            partProducts.withUnsafeMutableBufferPointer { products in
                nonisolated(unsafe) let (sums, products) = (sums.baseAddress!, products.baseAddress!)
                shape.forEachPart { part, sample, start, count in
                    let (from, arrived) = (x + start * shape.size, dy + start * shape.size)
                    let (sum, product) = (sums + part * channels, products + part * channels)
                    centres.withSample(sample) { centre in
                        if shape.isDouble {
                            ck_norm_sums_f64(
                                bound(from), bound(arrived), count, channels, shape.inner, bound(centre), sum, product)
                        } else {
                            ck_norm_sums_f32(
                                bound(from), bound(arrived), count, channels, shape.inner, bound(centre), sum, product)
                        }
                    }
                }
            }
        }
        var sums = [Double](repeating: 0, count: shape.samples * channels)
        var products = sums
        for sample in 0..<shape.samples {
            for channel in 0..<channels {
                let place = sample * channels + channel
                for cut in 0..<cuts {
                    sums[place] += partSums[(sample * cuts + cut) * channels + channel]
                    products[place] += partProducts[(sample * cuts + cut) * channels + channel]
                }
                let exact = mean[sample * shape.groups + channel / shape.groupChannels]
                products[place] -= (exact - centres.used(exact)) * sums[place]
            }
        }
        return (sums, products)
    }

    /// dx = dy · a + (x − mean) · b + c, with the mean `[samples, groups]`, the others `[samples, channels]`.
    public static func normBackward(
        _ x: UnsafeRawPointer, _ dy: UnsafeRawPointer, mean: [Double], _ a: [Double], _ b: [Double], _ c: [Double],
        into dx: UnsafeMutableRawPointer, _ shape: NormShape
    ) {
        guard shape.samples * shape.sampleCount > 0 else { return }
        nonisolated(unsafe) let (x, dy, dx) = (x, dy, dx)
        let centres = NormFactors(shape.spread(mean), shape)
        let a = NormFactors(a, shape)
        let (slope, offset) = (
            NormFactors(b, shape), NormFactors(centres.correcting(c, by: b, shape.spread(mean)), shape)
        )
        shape.forEachPart { _, sample, start, count in
            let (from, arrived, to) = (x + start * shape.size, dy + start * shape.size, dx + start * shape.size)
            a.withSample(sample) { a in
                NormFactors.withSample(sample, centres, slope, offset) { mean, b, c in
                    if shape.isDouble {
                        ck_norm_back_f64(
                            bound(from), bound(arrived), count, shape.channels, shape.inner, bound(mean), bound(a),
                            bound(b), bound(c), bound(to))
                    } else {
                        ck_norm_back_f32(
                            bound(from), bound(arrived), count, shape.channels, shape.inner, bound(mean), bound(a),
                            bound(b), bound(c), bound(to))
                    }
                }
            }
        }
    }

    /// Normalizes rows of n elements: y = (x − mean) · scale · gamma + beta; mean and scale get one element a row.
    public static func normalizeRows(
        _ x: Tensor, count n: Int, epsilon: Double, centred: Bool, gamma: Tensor?, beta: Tensor?,
        into y: TensorBuffer, mean: TensorBuffer, scale: TensorBuffer
    ) {
        guard n > 0 else { return }
        let (rows, size) = (x.elementCount / n, x.dtype.byteCount)
        nonisolated(unsafe) let (y, mean, scale) = (y, mean, scale)
        let shares = min(max(1, rows), ComputePool.shares(elements: x.elementCount))
        ComputePool.shared.forEach(shares: shares) { share in
            let part = ComputePool.range(share, of: shares, count: rows)
            let (from, to) = (x.pointer + part.lowerBound * n * size, y.pointer + part.lowerBound * n * size)
            let (means, scales) = (mean.pointer + part.lowerBound * size, scale.pointer + part.lowerBound * size)
            if x.dtype == .float64 {
                ck_normalize_rows_f64(
                    bound(from), part.count, n, epsilon, centred ? 1 : 0, gamma.map { bound($0.pointer) },
                    beta.map { bound($0.pointer) }, bound(to), bound(means), bound(scales))
            } else {
                ck_normalize_rows_f32(
                    bound(from), part.count, n, epsilon, centred ? 1 : 0, gamma.map { bound($0.pointer) },
                    beta.map { bound($0.pointer) }, bound(to), bound(means), bound(scales))
            }
        }
    }

    /// The way back of ``normalizeRows(_:count:epsilon:centred:gamma:beta:into:mean:scale:)``: dx, and the sums that arrive at
    /// gamma and beta.
    public static func normalizeRowsBackward(
        _ x: Tensor, _ dy: Tensor, count n: Int, centred: Bool, gamma: Tensor?, mean: Tensor, scale: Tensor,
        into dx: TensorBuffer
    ) -> (dgamma: [Double], dbeta: [Double]) {
        guard n > 0 else { return ([], []) }
        let (rows, size) = (x.elementCount / n, x.dtype.byteCount)
        // Each share has sums of its own, added up in their order.
        let shares = min(max(1, rows / 16), ComputePool.shares(elements: x.elementCount))
        var gammas = [Double](repeating: 0, count: max(1, shares) * n)
        var betas = gammas
        gammas.withUnsafeMutableBufferPointer { gammas in
            betas.withUnsafeMutableBufferPointer { betas in
                nonisolated(unsafe) let (gammas, betas, dx) = (gammas.baseAddress!, betas.baseAddress!, dx)
                ComputePool.shared.forEach(shares: shares) { share in
                    let part = ComputePool.range(share, of: shares, count: rows)
                    let offset = part.lowerBound * n * size
                    let (from, arrived, to) = (x.pointer + offset, dy.pointer + offset, dx.pointer + offset)
                    let (means, scales) = (
                        mean.pointer + part.lowerBound * size, scale.pointer + part.lowerBound * size
                    )
                    if x.dtype == .float64 {
                        ck_normalize_rows_back_f64(
                            bound(from), bound(arrived), part.count, n, centred ? 1 : 0,
                            gamma.map { bound($0.pointer) }, bound(means), bound(scales), bound(to),
                            gammas + share * n, betas + share * n)
                    } else {
                        ck_normalize_rows_back_f32(
                            bound(from), bound(arrived), part.count, n, centred ? 1 : 0,
                            gamma.map { bound($0.pointer) }, bound(means), bound(scales), bound(to),
                            gammas + share * n, betas + share * n)
                    }
                }
            }
        }
        for share in 1..<max(1, shares) where shares > 1 {
            for i in 0..<n {
                gammas[i] += gammas[share * n + i]
                betas[i] += betas[share * n + i]
            }
        }
        return (Array(gammas.prefix(n)), Array(betas.prefix(n)))
    }
}

extension NormShape {
    /// One number per group as one per channel.
    public func spread(_ perGroup: [Double]) -> [Double] {
        guard groups != channels else { return perGroup }
        return (0..<samples * channels).map { perGroup[$0 / channels * groups + $0 % channels / groupChannels] }
    }
}

/// Numbers per channel in the elements' type.
private struct NormFactors: Sendable {
    private let floats: [Float]
    private let doubles: [Double]
    private let isDouble: Bool
    private let channels: Int

    init(_ values: [Double], _ shape: NormShape) {
        isDouble = shape.isDouble
        channels = shape.channels
        floats = isDouble ? [] : values.map(Float.init)
        doubles = isDouble ? values : []
    }

    /// The number that takes the place of `value`.
    func used(_ value: Double) -> Double { isDouble ? value : Double(Float(value)) }

    /// `offset` for a centre that was rounded: the slope times what was rounded away is taken back.
    func correcting(_ offset: [Double], by slope: [Double], _ exact: [Double]) -> [Double] {
        offset.indices.map { offset[$0] - (exact[$0] - used(exact[$0])) * slope[$0] }
    }

    static func withSample(
        _ sample: Int, _ first: NormFactors, _ second: NormFactors, _ third: NormFactors,
        _ body: (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer) -> Void
    ) {
        first.withSample(sample) { first in
            second.withSample(sample) { second in third.withSample(sample) { body(first, second, $0) } }
        }
    }

    func withSample(_ sample: Int, _ body: (UnsafeRawPointer) -> Void) {
        if isDouble {
            doubles.withUnsafeBytes { body($0.baseAddress! + sample * channels * 8) }
        } else {
            floats.withUnsafeBytes { body($0.baseAddress! + sample * channels * 4) }
        }
    }
}
