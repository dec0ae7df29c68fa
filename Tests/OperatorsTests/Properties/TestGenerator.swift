import TensorCore

/// Numbers for tests, the same at every run.
struct TestGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func number(_ limit: Int) -> Int {
        // Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators* (2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    /// True once in so many times.
    mutating func chance(_ times: Int) -> Bool { number(times) == 0 }

    mutating func shape() -> Shape { Shape((0..<number(6)).map { _ in number(4) }) }

    /// A shape that differs from this one in an extent, an axis, or not at all.
    mutating func changed(_ shape: Shape) -> Shape {
        var extents = shape.extents
        switch number(5) {
        case 0 where !extents.isEmpty: extents[number(extents.count)] = number(5)
        case 1 where !extents.isEmpty: extents.remove(at: number(extents.count))
        case 2: extents.insert(number(3), at: number(extents.count + 1))
        default: break
        }
        return Shape(extents)
    }
}
