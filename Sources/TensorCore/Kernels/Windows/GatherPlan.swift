import CKernels

/// How the windows of one image lie in memory: where each row of a product begins, and which runs of elements it has.
///
/// Where every window lies within the image, rows point into the image itself; elsewhere into a copy with a border of zeros.
struct GatherPlan {
    let axes: [GatherAxis]
    let sourceChannels: Int
    let repeats: Int
    let groups: Int
    let channelsFirst: Bool
    /// Whether rows point into a copy.
    let needsCopy: Bool
    /// The taps in the order in which the rows have them: number within the kernel, and offset from the row's beginning.
    let taps: [(index: Int, offset: Int)]
    private let steps: [Int]
    private let base: Int

    /// - Parameters:
    ///   - kernel: the extents of the kernel.
    ///   - repeats: how often each channel of the source counts (more than once for depthwise kernels with a multiplier).
    init(
        _ axes: [GatherAxis], kernel: [Int], sourceChannels: Int, repeats: Int = 1, groups: Int, channelsFirst: Bool
    ) {
        self.axes = axes
        self.sourceChannels = sourceChannels
        self.repeats = repeats
        self.groups = groups
        self.channelsFirst = channelsFirst
        needsCopy = channelsFirst || repeats > 1 || !axes.allSatisfy(\.isInside)
        let extents = needsCopy ? axes.map(\.boxCount) : axes.map(\.sourceExtent)
        let element = sourceChannels * repeats
        let steps = [
            extents[1].multipliedSaturating(by: extents[2]).multipliedSaturating(by: element),
            extents[2].multipliedSaturating(by: element), element,
        ]
        var taps: [(index: Int, offset: Int)] = []
        for first in axes[0].taps {
            for second in axes[1].taps {
                for third in axes[2].taps {
                    taps.append(
                        (
                            (first.index * kernel[1] + second.index) * kernel[2] + third.index,
                            (first.offset - axes[0].boxStart).multipliedSaturating(by: steps[0])
                                &+ (second.offset - axes[1].boxStart).multipliedSaturating(by: steps[1])
                                &+ (third.offset - axes[2].boxStart).multipliedSaturating(by: steps[2])
                        ))
                }
            }
        }
        self.taps = taps
        self.steps = steps
        base = needsCopy ? 0 : axes.indices.reduce(0) { $0 + axes[$1].boxStart * steps[$1] }
    }

    /// Rows of the result in one image.
    var rowCount: Int { axes.reduce(1) { $0 * $1.count } }

    /// Elements of one image of the source.
    var sourceCount: Int { axes.reduce(sourceChannels) { $0 * $1.sourceExtent } }

    /// Elements that the rows of one image point into.
    var imageCount: Int {
        needsCopy
            ? axes.reduce(sourceChannels * repeats) { $0.multipliedSaturating(by: $1.boxCount) } : sourceCount
    }

    /// Whether the border is out of all proportion, as with huge dilations and paddings.
    var isUnreasonable: Bool { needsCopy && imageCount > 8 * repeats * sourceCount + 65_536 }

    /// Where the rows of `images` images begin.
    func rows(images: Int) -> [Int] {
        offsets(
            images: images, imageStep: imageCount, counts: axes.map(\.count),
            steps: zip(axes, steps).map { $0.step * $1 }
        )
        .map { $0 + base }
    }

    /// Where the rows of the result begin, in images of `extents` with so many channels.
    func resultRows(images: Int, extents: [Int], channels: Int) -> [Int] {
        let steps = [extents[1] * extents[2] * channels, extents[2] * channels, channels]
        let start = axes.indices.reduce(0) { $0 + axes[$1].resultStart * steps[$1] }
        return offsets(
            images: images, imageStep: extents[0] * steps[0], counts: axes.map(\.count),
            steps: zip(axes, steps).map { $0.resultStride * $1 }
        ).map { $0 + start }
    }

    private func offsets(images: Int, imageStep: Int, counts: [Int], steps: [Int]) -> [Int] {
        var offsets: [Int] = []
        offsets.reserveCapacity(images * rowCount)
        for image in 0..<images {
            for first in 0..<counts[0] {
                for second in 0..<counts[1] {
                    var offset = image * imageStep + first * steps[0] + second * steps[1]
                    for _ in 0..<counts[2] {
                        offsets.append(offset)
                        offset += steps[2]
                    }
                }
            }
        }
        return offsets
    }

    /// What one row of a group's product consists of. Taps that lie side by side make one run.
    func runs(group: Int) -> [ck_run] {
        let length = sourceChannels / groups
        var runs: [ck_run] = []
        for tap in taps {
            let offset = tap.offset + group * length
            if groups == 1, let last = runs.last, last.offset + last.length == offset {
                runs[runs.count - 1].length += length
            } else {
                runs.append(ck_run(offset: offset, length: length))
            }
        }
        return runs
    }

    /// Whether a product for so few results of a group reads its weights best as the windows lie.
    func suitsWeightsAlongRuns(results: Int) -> Bool {
        results <= CK_SLIM_COLUMNS && (runs(group: 0).map(\.length).min() ?? 0) >= 16
    }

    /// Whether the taps are those of the whole kernel in its own order.
    func isNatural(kernelCount: Int) -> Bool {
        taps.count == kernelCount && taps.indices.allSatisfy { taps[$0].index == $0 }
    }

    /// Copies one image with its border.
    func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, isDouble: Bool) {
        var box = ck_box(
            extents: (axes[0].sourceExtent, axes[1].sourceExtent, axes[2].sourceExtent), channels: sourceChannels,
            channels_first: channelsFirst ? 1 : 0, start: (axes[0].boxStart, axes[1].boxStart, axes[2].boxStart),
            box: (axes[0].boxCount, axes[1].boxCount, axes[2].boxCount), repeats: repeats)
        if isDouble {
            ck_copy_box_f64(
                source.assumingMemoryBound(to: Double.self), &box, target.assumingMemoryBound(to: Double.self))
        } else {
            ck_copy_box_f32(
                source.assumingMemoryBound(to: Float.self), &box, target.assumingMemoryBound(to: Float.self))
        }
    }

    /// Copies all of a batch, side by side where that pays.
    func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, batch: Int, isDouble: Bool) {
        nonisolated(unsafe) let (source, target) = (source, target)
        let size = isDouble ? 8 : 4
        let shares = min(batch, ComputePool.shares(elements: batch * imageCount))
        ComputePool.shared.forEach(shares: shares) { share in
            for image in ComputePool.range(share, of: shares, count: batch) {
                copy(source + image * sourceCount * size, to: target + image * imageCount * size, isDouble: isDouble)
            }
        }
    }
}
