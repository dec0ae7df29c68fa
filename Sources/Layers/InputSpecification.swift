import TensorCore

/// What a layer demands of one input.
public struct InputSpecification: Sendable, Equatable {
    public var rank: Int?
    public var rankMin: Int?
    public var rankMax: Int?
    /// Extents that some axes must have; negative axes count from the end.
    public var extents: [Int: Int]

    public init(rank: Int? = nil, rankMin: Int? = nil, rankMax: Int? = nil, extents: [Int: Int] = [:]) {
        self.rank = rank
        self.rankMin = rankMin
        self.rankMax = rankMax
        self.extents = extents
    }

    /// Refuses an input that does not fit (N-57).
    ///
    /// - Throws: ValueError, "is incompatible with the layer".
    func check(_ shape: Shape, index: Int, of layer: Layer) throws {
        func refuse(_ rule: String) -> LayerError {
            LayerError(
                .value,
                "Input \(index) of layer \(layer.displayName) is incompatible with the layer: \(rule). Full shape received: \(shape)"
            )
        }
        if let rank, shape.rank != rank { throw refuse("expected ndim=\(rank), found ndim=\(shape.rank)") }
        if let rankMin, shape.rank < rankMin { throw refuse("expected min_ndim=\(rankMin), found ndim=\(shape.rank)") }
        if let rankMax, shape.rank > rankMax { throw refuse("expected max_ndim=\(rankMax), found ndim=\(shape.rank)") }
        for (axis, extent) in extents.sorted(by: { $0.key < $1.key }) {
            let place = axis < 0 ? axis + shape.rank : axis
            guard place >= 0, place < shape.rank else { throw refuse("axis \(axis) is missing") }
            if shape[place] >= 0, shape[place] != extent {
                throw refuse(
                    "expected axis \(axis) of input shape to have value \(extent), but received input with shape \(shape)"
                )
            }
        }
    }
}
