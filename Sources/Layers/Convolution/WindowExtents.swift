/// A whole number for each spatial axis, or one for all: `3` or `[3, 5]`.
public struct WindowExtents: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    private let numbers: [Int]

    public init(_ numbers: [Int]) { self.numbers = numbers }
    public init(integerLiteral number: Int) { numbers = [number] }
    public init(arrayLiteral numbers: Int...) { self.numbers = numbers }

    /// For so many axes. Where the numbers are another count they stay as they are, and the operator refuses them.
    func extents(_ axes: Int) -> [Int] { numbers.count == 1 ? Array(repeating: numbers[0], count: axes) : numbers }
}
