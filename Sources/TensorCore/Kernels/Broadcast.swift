/// How two shapes stretch to a common one: NumPy's rule, worked out once for a pair.
///
/// Neighbouring axes along which both sides move alike are one axis here, so that the inner runs are long.
struct Broadcast {
    /// Extents of the merged axes, innermost first, and each side's step along them (0 where it is stretched).
    private var extents: [Int] = []
    private var leftSteps: [Int] = []
    private var rightSteps: [Int] = []

    /// Both shapes must stretch to `shape`.
    init(_ left: Shape, _ right: Shape, to shape: Shape) {
        var leftStep = 1
        var rightStep = 1
        for back in 1...max(shape.rank, 1) where back <= shape.rank {
            let extent = shape[shape.rank - back]
            let leftExtent = back <= left.rank ? left[left.rank - back] : 1
            let rightExtent = back <= right.rank ? right[right.rank - back] : 1
            guard extent != 1 else { continue }
            let leftMove = leftExtent == 1 ? 0 : leftStep
            let rightMove = rightExtent == 1 ? 0 : rightStep
            if let last = extents.indices.last,
                leftMove == leftSteps[last] * extents[last], rightMove == rightSteps[last] * extents[last]
            {
                extents[last] *= extent
            } else {
                extents.append(extent)
                leftSteps.append(leftMove)
                rightSteps.append(rightMove)
            }
            leftStep *= leftExtent
            rightStep *= rightExtent
        }
    }

    /// Calls `body` for each innermost run: where it starts in the result, where and with which step (0 or 1) on each
    /// side, and its length.
    func forEachRun(_ body: (Int, Int, Int, Int, Int, Int) -> Void) {
        guard let run = extents.first else { return body(0, 0, 1, 0, 1, 1) }
        guard !extents.contains(0) else { return }
        var counters = [Int](repeating: 0, count: extents.count)
        var start = 0
        var left = 0
        var right = 0
        while true {
            body(start, left, leftSteps[0], right, rightSteps[0], run)
            start += run
            var axis = 1
            while axis < extents.count {
                counters[axis] += 1
                left += leftSteps[axis]
                right += rightSteps[axis]
                if counters[axis] < extents[axis] { break }
                left -= leftSteps[axis] * extents[axis]
                right -= rightSteps[axis] * extents[axis]
                counters[axis] = 0
                axis += 1
            }
            if axis == extents.count { return }
        }
    }
}
