import Layers
import LayersTestSupport
import Operators
import TensorCore
import Testing

/// Section 5 of the rules: variables in parts.
struct PartitionedVariableTests {
    /// A layer with one variable `w`, cut by `partitioner`.
    func layer(
        _ shape: Shape, _ partitioner: any Partitioner, regularizer: (any Regularizer)? = nil,
        initializer: (any Initializer)? = nil
    ) -> (layer: Layer, variable: () throws -> PartitionedVariable) {
        var made: PartitionedVariable?
        let layer = Maker(name: "layer") { layer, _ in
            made = try layer.addVariable(
                "w", shape, initializer: initializer, regularizer: regularizer, partitioner: partitioner)
        }
        return (layer, { try #require(made) })
    }

    @Test func n83_aGraphCutsAVariableIntoParts() throws {
        try inGraph { world in
            let (layer, variable) = layer([10, 4], try FixedSizePartitioner(3), initializer: .ones)
            _ = try layer(world.one)
            let whole = try variable()
            #expect(layer.variableNames == ["layer/w/part_0:0", "layer/w/part_1:0", "layer/w/part_2:0"])
            #expect(whole.sliceSpecifications == ["10 4 0,4:0,4", "10 4 4,3:0,4", "10 4 7,3:0,4"])
            #expect(whole.parts.map(\.shape) == [[4, 4], [3, 4], [3, 4]])
            #expect(try layer.countParams() == 40)
            #expect(try world.values(whole.value) == Array(repeating: 1, count: 40))
            #expect(try layer.addVariable("w", [10, 4], partitioner: FixedSizePartitioner(3)) === whole)
        }
    }

    @Test func n83_eachPartHasItsPenalty() throws {
        try inGraph { world in
            let (layer, _) = layer([10, 4], try FixedSizePartitioner(3), regularizer: .l2(1), initializer: .ones)
            _ = try layer(world.one)
            #expect(try layer.losses.map { try world.values($0) } == [[16], [12], [12]])
            #expect(VariableScope.current.registry.collections.count(.regularizationLosses) == 3)
        }
    }

    /// The parts of a random variable are spread as the whole would be.
    @Test func n83_theFirstValuesFollowTheWholesShape() throws {
        try inGraph { world in
            let (layer, variable) = layer([2, 1000], try FixedSizePartitioner(100, axis: 1))
            _ = try layer(world.one)
            let limit = Float((6.0 / 1002).squareRoot())
            let values = try world.values(variable().value)
            #expect(values.allSatisfy { abs($0) <= limit })
            #expect(try #require(values.max()) > 0.9 * limit)
        }
    }

    @Test func n83_aPlanSeesTheWhole() throws {
        try inGraph { world in
            let (layer, variable) = layer([5], try FixedSizePartitioner(2))
            _ = try layer(world.one)
            for (index, part) in layer.variables.enumerated() { try part.fill(Double(index)) }
            #expect(try world.values(variable().value) == [0, 0, 0, 1, 1])
        }
    }

    @Test func n84_executingEagerlyThereIsOneVariableAndNoPenalty() throws {
        try eagerly { world in
            let (plain, variable) = layer([10, 4], try FixedSizePartitioner(3))
            _ = try plain(world.one)
            #expect(plain.variableNames == ["layer/w:0"])
            #expect(try variable().parts.map(\.shape) == [[10, 4]])
            #expect(try variable().sliceSpecifications == ["10 4 0,10:0,4"])
            let (penalised, _) = layer([10, 4], try FixedSizePartitioner(3), regularizer: .l2(1))
            #expect(
                performing: { _ = try penalised(world.one) },
                throws: key(
                    .runtime, "Partitioned variable regularization is not yet supported when executing eagerly"))
        }
    }

    @Test func n85_aFixedNumberOfPartsIsNoMoreThanThereIsRoomFor() throws {
        let thirds = try FixedSizePartitioner(3)
        #expect(try thirds([10, 4], .float32) == [3, 1])
        #expect(try thirds([2, 4], .float32) == [2, 1])
        #expect(try FixedSizePartitioner(3, axis: 1)([2, 4], .float32) == [1, 3])
        #expect(performing: { try FixedSizePartitioner(0) }, throws: key(.value, "at least one shard"))
        #expect(
            performing: { _ = try FixedSizePartitioner(2, axis: 1)([4], .float32) },
            throws: key(.value, "outside the axes"))
    }

    @Test func n85_aSizeInBytesMakesAsManyPartsAsItTakes() throws {
        try inGraph { world in
            let (layer, variable) = layer([300, 2], try VariableAxisSizePartitioner(shardBytesMax: 800))
            _ = try layer(world.one)
            #expect(try variable().parts.map(\.shape) == [[100, 2], [100, 2], [100, 2]])
        }
        let partitioner = try VariableAxisSizePartitioner(shardBytesMax: 1, shardsMax: 4)
        #expect(try partitioner([300, 2], .float32) == [4, 1])
        #expect(try VariableAxisSizePartitioner(shardBytesMax: 16)([3, 2], .float64) == [3, 1])
        #expect(try VariableAxisSizePartitioner(shardBytesMax: 1 << 20)([3, 2], .float64) == [1, 1])
        #expect(
            performing: { try VariableAxisSizePartitioner(shardBytesMax: 0) }, throws: key(.value, "must be positive"))
    }

    @Test func n85_onlyOneAxisMayBeCut() throws {
        try inGraph { world in
            let (layer, _) = layer([4, 4], Quarters())
            #expect(performing: { _ = try layer(world.one) }, throws: key(.value, "may cut one axis only"))
        }
    }
}

private struct Quarters: Partitioner {
    func callAsFunction(_ shape: Shape, _ dtype: DType) -> [Int] { [2, 2] }
}
