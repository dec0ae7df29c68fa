extension Kernels {
    /// The places of the first `count` elements in order along the middle of three axes, int32 `[outer, count, inner]`.
    /// Equal ones stay in their order; a NaN counts as greater than any number.
    public static func sortedPlaces(
        _ x: Tensor, into y: inout TensorBuffer, outer: Int, extent: Int, inner: Int, count: Int, isDescending: Bool
    ) {
        let rows = SortRows(outer: outer, extent: extent, inner: inner, count: count, isDescending: isDescending)
        let target = y.pointer(to: Int32.self)
        switch x.dtype {
        case .float32:
            // Floats compare as the integers of their bits once negative ones are turned over.
            rows.sort(x.pointer(to: Float.self), target) { value in
                let bits = Int32(bitPattern: value.isNaN ? 0x7FFF_FFFF : (value + 0).bitPattern)
                return bits < 0 ? bits ^ 0x7FFF_FFFF : bits
            }
        case .float64:
            rows.sort(x.pointer(to: Double.self), target) { value in
                let bits = Int64(bitPattern: value.isNaN ? 0x7FFF_FFFF_FFFF_FFFF : (value + 0).bitPattern)
                return bits < 0 ? bits ^ 0x7FFF_FFFF_FFFF_FFFF : bits
            }
        case .int8: rows.sort(x.pointer(to: Int8.self), target) { $0 }
        case .int16: rows.sort(x.pointer(to: Int16.self), target) { $0 }
        case .int32: rows.sort(x.pointer(to: Int32.self), target) { $0 }
        case .int64: rows.sort(x.pointer(to: Int64.self), target) { $0 }
        case .uint8: rows.sort(x.pointer(to: UInt8.self), target) { $0 }
        case .uint16: rows.sort(x.pointer(to: UInt16.self), target) { $0 }
        case .uint32: rows.sort(x.pointer(to: UInt32.self), target) { $0 }
        case .uint64: rows.sort(x.pointer(to: UInt64.self), target) { $0 }
        case .float16, .bfloat16, .bool: preconditionFailure("no order of \(x.dtype)")
        }
    }
}

/// The rows of a sort along the middle of three axes.
private struct SortRows {
    let outer: Int
    let extent: Int
    let inner: Int
    let count: Int
    let isDescending: Bool

    /// Up to this many of a longer row are picked one by one; beyond it, sorting them all is faster.
    private static let pickedMax = 32

    @inline(__always)
    func sort<Scalar, Key: FixedWidthInteger>(
        _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Int32>, _ key: (Scalar) -> Key
    ) {
        guard count > 0 else { return }
        var row: [(key: Key, place: Int32)] = []
        row.reserveCapacity(extent)
        for o in 0..<outer {
            for i in 0..<inner {
                row.removeAll(keepingCapacity: true)
                for place in 0..<extent {
                    // Turned over, ascending order is descending order.
                    let ascending = key(x[(o * extent + place) * inner + i])
                    row.append((isDescending ? ~ascending : ascending, Int32(place)))
                }
                order(&row)
                for place in 0..<count { y[(o * count + place) * inner + i] = row[place].place }
            }
        }
    }

    /// Brings the least `count` keys to the front in order; of equals the first places first.
    private func order<Key: FixedWidthInteger>(_ row: inout [(key: Key, place: Int32)]) {
        guard count <= SortRows.pickedMax, count < row.count else {
            return row.sort { $0.key != $1.key ? $0.key < $1.key : $0.place < $1.place }
        }
        // An insertion into the few best, which most elements fail at the first comparison.
        var best = 0
        for index in row.indices {
            let candidate = row[index]
            guard best < count || candidate.key < row[count - 1].key else { continue }
            var place = best < count ? best : count - 1
            if best < count { best += 1 }
            while place > 0 && row[place - 1].key > candidate.key {
                row[place] = row[place - 1]
                place -= 1
            }
            row[place] = candidate
        }
    }
}
