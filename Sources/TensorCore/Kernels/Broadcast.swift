/// How up to three shapes stretch to a common one: NumPy's rule, worked out once.
///
/// Neighbouring axes along which all sides move alike are one axis here, so that the inner runs are long.
struct Broadcast {
    /// Extents of the merged axes, innermost first, and each side's step along them (0 where it is stretched). They
    /// have fixed places, because arrays would cost more than the arithmetic of a small operator.
    private var extents = SIMD8<Int>()
    private var first = SIMD8<Int>()
    private var second = SIMD8<Int>()
    private var third = SIMD8<Int>()
    private var count = 0

    /// The shapes must stretch to `shape`.
    init(_ first: Shape, _ second: Shape, _ third: Shape = Shape(), to shape: Shape) {
        var steps = SIMD4<Int>(1, 1, 1, 0)
        for back in stride(from: 1, through: shape.rank, by: 1) {
            let extent = shape[shape.rank - back]
            let sizes = SIMD4(first.extent(back), second.extent(back), third.extent(back), 1)
            if extent != 1 {
                let moves = steps.replacing(with: 0, where: sizes .== 1)
                if count > 0, moves == self[count - 1] &* self.extents[count - 1] {
                    self.extents[count - 1] *= extent
                } else {
                    self.extents[count] = extent
                    self.first[count] = moves[0]
                    self.second[count] = moves[1]
                    self.third[count] = moves[2]
                    count += 1
                }
            }
            steps &*= sizes
        }
    }

    private subscript(axis: Int) -> SIMD4<Int> { SIMD4(first[axis], second[axis], third[axis], 0) }

    /// Where an innermost run begins in the result and on each side, each side's step along it (0 or 1), its length.
    struct Run {
        var start = 0
        var places = SIMD4<Int>()
        var steps = SIMD4<Int>()
        var count = 1
    }

    /// Calls `body` for each innermost run.
    func forEachRun(_ body: (Run) -> Void) {
        var run = Run()
        guard count > 0 else { return body(run) }
        for axis in 0..<count where extents[axis] == 0 { return }
        run.steps = self[0]
        run.count = extents[0]
        var counters = SIMD8<Int>()
        while true {
            body(run)
            run.start += run.count
            var axis = 1
            while axis < count {
                counters[axis] += 1
                run.places &+= self[axis]
                if counters[axis] < extents[axis] { break }
                run.places &-= self[axis] &* extents[axis]
                counters[axis] = 0
                axis += 1
            }
            if axis == count { return }
        }
    }
}

extension Shape {
    /// The extent of the axis that is `back` from the end, 1 beyond the first.
    fileprivate func extent(_ back: Int) -> Int { back <= rank ? self[rank - back] : 1 }
}
