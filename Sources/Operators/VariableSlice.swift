import TensorCore

/// Where a variable lies in a larger one that was cut along one axis.
public struct VariableSlice: Hashable, Sendable {
    /// The larger variable's full name, without `:0`.
    public let wholeName: String
    public let wholeShape: Shape
    public let axis: Int
    /// Where along the axis this part begins.
    public let start: Int

    public init(wholeName: String, wholeShape: Shape, axis: Int, start: Int) {
        self.wholeName = wholeName
        self.wholeShape = wholeShape
        self.axis = axis
        self.start = start
    }

    /// Where this part begins along every axis.
    public var starts: [Int] { (0..<wholeShape.rank).map { $0 == axis ? start : 0 } }
}

extension Variable {
    /// The value in the store, whatever graph or tape is open.
    public var storedValue: Tensor {
        get throws(TensorError) { try store.value(of: self) }
    }
}
