import Operators
import TensorCore

/// A variable whose value lies in several smaller ones, cut along one axis.
///
/// Source: tf.PartitionedVariable (TensorFlow 1.8).
public final class PartitionedVariable {
    /// The full name, without `:0`.
    public let name: String
    public let shape: Shape
    /// The parts in order.
    public let parts: [Variable]
    /// The axis along which they are cut.
    public let axis: Int

    init(name: String, shape: Shape, parts: [Variable], axis: Int) {
        self.name = name
        self.shape = shape
        self.axis = axis
        self.parts = parts
    }

    /// The parts joined.
    public var value: Tensor {
        get throws(TensorError) {
            var values: [Tensor] = []
            for part in parts { values.append(try part.value) }
            return values.count == 1 ? values[0] : try concatenate(values, axis: axis)
        }
    }

    /// Where each part lies in the whole, as TensorFlow writes it: `10 4 4,3:0,4` (N-83).
    public var sliceSpecifications: [String] {
        let extents = shape.extents.map(String.init).joined(separator: " ")
        return parts.map { part in
            let starts = part.slice?.starts ?? Array(repeating: 0, count: shape.rank)
            let slices = zip(starts, part.shape.extents).map { "\($0),\($1)" }
            return extents + " " + slices.joined(separator: ":")
        }
    }
}

/// Says into how many parts a variable is cut along each axis.
public protocol Partitioner: Sendable {
    /// The number of parts per axis; at most one may exceed 1.
    func callAsFunction(_ shape: Shape, _ dtype: DType) throws -> [Int]
}

extension Partitioner {
    /// The axis that is cut, and the range of each part along it. Sizes differ by at most one, larger ones first (N-83).
    func slices(of shape: Shape, _ dtype: DType) throws -> (axis: Int, parts: [Range<Int>]) {
        let counts = try self(shape, dtype)
        guard counts.count == shape.rank, shape.rank > 0, counts.allSatisfy({ $0 >= 1 }),
            counts.filter({ $0 > 1 }).count <= 1
        else {
            throw LayerError(.value, "a partitioner may cut one axis only, but it gave \(counts) for \(shape)")
        }
        let axis = counts.firstIndex { $0 > 1 } ?? 0
        let count = min(counts[axis], max(1, shape[axis]))
        var start = 0
        var parts: [Range<Int>] = []
        for index in 0..<count {
            let size = shape[axis] / count + (index < shape[axis] % count ? 1 : 0)
            parts.append(start..<start + size)
            start += size
        }
        return (axis, parts)
    }
}

/// Always the same number of parts along one axis, no more than it has room for (N-85).
public struct FixedSizePartitioner: Partitioner {
    public let shards: Int
    public let axis: Int

    /// - Throws: ValueError for less than one shard.
    public init(_ shards: Int, axis: Int = 0) throws {
        guard shards >= 1 else {
            throw LayerError(.value, "a partitioner needs at least one shard, received \(shards)")
        }
        self.shards = shards
        self.axis = axis
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType) throws -> [Int] {
        guard axis >= 0, axis < shape.rank else {
            throw LayerError(.value, "axis \(axis) to partition is outside the axes of \(shape)")
        }
        var counts = Array(repeating: 1, count: shape.rank)
        counts[axis] = min(shards, max(1, shape[axis]))
        return counts
    }
}

/// As many parts along one axis as keep each within a number of bytes (N-85).
public struct VariableAxisSizePartitioner: Partitioner {
    public let shardBytesMax: Int
    public let axis: Int
    public let shardsMax: Int?

    /// - Throws: ValueError for limits below one.
    public init(shardBytesMax: Int, axis: Int = 0, shardsMax: Int? = nil) throws {
        guard shardBytesMax >= 1, shardsMax ?? 1 >= 1 else {
            throw LayerError(.value, "the limits of a partitioner must be positive")
        }
        self.shardBytesMax = shardBytesMax
        self.axis = axis
        self.shardsMax = shardsMax
    }

    public func callAsFunction(_ shape: Shape, _ dtype: DType) throws -> [Int] {
        guard axis >= 0, axis < shape.rank else {
            throw LayerError(.value, "axis \(axis) to partition is outside the axes of \(shape)")
        }
        let sliceBytes = max(1, shape.removing(axis).elementCount * dtype.byteCount)
        let slicesPerShard = max(1, shardBytesMax / sliceBytes)
        let shards = (shape[axis] + slicesPerShard - 1) / slicesPerShard
        var counts = Array(repeating: 1, count: shape.rank)
        counts[axis] = min(max(1, shards), shardsMax ?? Int.max, max(1, shape[axis]))
        return counts
    }
}
