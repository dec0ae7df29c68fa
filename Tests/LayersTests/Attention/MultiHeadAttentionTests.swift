import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

struct MultiHeadAttentionTests {
    private let query = sample([1, 3, 4])
    private let value = sample([1, 5, 2], scale: 0.8)

    /// All heads written out, for a batch of one.
    private func slow(
        _ layer: Layer, heads: Int, size: Int, keyHeads: Int, _ query: [[Double]], _ value: [[Double]],
        sees: (Int, Int) -> Bool = { _, _ in true }
    ) throws -> [Double] {
        let variables = try layer.variables.map { try $0.value.values.map(Double.init) }
        func projected(_ rows: [[Double]], _ place: Int, _ head: Int, of count: Int) -> [[Double]] {
            rows.map { row in
                (0..<size).map { unit in
                    let column = head * size + unit
                    return row.indices.reduce(variables[place + 1][column]) {
                        $0 + row[$1] * variables[place][$1 * count * size + column]
                    }
                }
            }
        }
        let outputs = variables[7].count
        var results = query.map { _ in variables[7] }
        for head in 0..<heads {
            let shared = head / (heads / keyHeads)
            let queries = projected(query, 0, head, of: heads)
            let keys = projected(value, 2, shared, of: keyHeads)
            let values = projected(value, 4, shared, of: keyHeads)
            let scores = queries.map { query in keys.map { dot(query, $0) / Double(size).squareRoot() } }
            let context = slowAttention(scores, values, sees: sees).results
            for (row, units) in context.enumerated() {
                for output in 0..<outputs {
                    results[row][output] += units.indices.reduce(0) {
                        $0 + units[$1] * variables[6][(head * size + $1) * outputs + output]
                    }
                }
            }
        }
        return results.flatMap { $0 }
    }

    @Test func givesWhatIsWrittenOutByHand() throws {
        let layer = MultiHeadAttention(heads: 2, keySize: 3)
        _ = try layer([query, value])
        try fillUnevenly(layer)
        let expected = try slow(layer, heads: 2, size: 3, keyHeads: 2, rows(query), rows(value))
        #expect(agree(try layer([query, value])[0], expected))
        let causal = try slow(layer, heads: 2, size: 3, keyHeads: 2, rows(query), rows(value)) { $1 <= $0 }
        #expect(agree(try layer([query, value], CallOptions(usesCausalMask: true))[0], causal))
        // The same rule as a mask, as numbers, and for all examples and heads.
        let lower = (0..<15).map { Float($0 % 5 <= $0 / 5 ? 1 : 0) }
        for shape in [Shape([1, 3, 5]), [3, 5], [1, 1, 3, 5]] {
            let options = CallOptions(attentionMask: Tensor(shape, lower))
            #expect(agree(try layer([query, value], options)[0], causal))
        }
    }

    @Test func groupsOfQueriesShareKeys() throws {
        let layer = try GroupQueryAttention(headSize: 2, queryHeads: 4, keyHeads: 2)
        _ = try layer([query, value])
        try fillUnevenly(layer)
        let expected = try slow(layer, heads: 4, size: 2, keyHeads: 2, rows(query), rows(value))
        #expect(agree(try layer([query, value])[0], expected))
        #expect(
            performing: { try GroupQueryAttention(headSize: 2, queryHeads: 3, keyHeads: 2) },
            throws: key(.value, "must be a multiple"))
    }

    @Test func masksOfItsInputsComeFromTheLayersBefore() throws {
        let layer = MultiHeadAttention(heads: 1, keySize: 2)
        let net = try Sequential([Masking(), layer])
        let padded = try concatenate([query, Tensor.zeros([1, 2, 4])], axis: 1)
        _ = try net(padded)
        try fillUnevenly(layer)
        let found = try slice(net(padded), [.all, .upTo(3)])
        #expect(agree(found, try layer(query).values.map(Double.init)))
    }

    @Test func attendsAlongTheAxesThatItIsTold() throws {
        // Along the second axis alone, each place of the first one is a sequence of its own.
        let x = sample([2, 2, 3, 4])
        let layer = MultiHeadAttention(heads: 2, keySize: 2, attentionAxes: [2])
        _ = try layer(x)
        try fillUnevenly(layer)
        let y = try layer(x)
        let plain = MultiHeadAttention(heads: 2, keySize: 2)
        _ = try plain(sample([2, 3, 4]))
        for (one, other) in zip(plain.variables, layer.variables) { try one.assign(other.value) }
        for place in 0..<2 {
            let alone = try plain(slice(x, [.all, .index(place)]))
            #expect(agree(try slice(y, [.all, .index(place)]), alone.values.map(Double.init)))
        }
    }

    @Test func weightsHaveTheAxesOfQueriesAndKeys() throws {
        let layer = MultiHeadAttention(heads: 2, keySize: 2, outputExtents: [2, 3])
        let results = try layer(
            [sample([2, 2, 3, 4]), sample([2, 1, 5, 4])], CallOptions(returnsAttentionScores: true)
        ).array
        #expect(results.map(\.shape) == [[2, 2, 3, 2, 3], [2, 2, 2, 3, 1, 5]])
    }

    @Test func refusesWhatDoesNotFit() {
        func layer(_ axes: [Int]? = nil) -> MultiHeadAttention {
            MultiHeadAttention(heads: 2, keySize: 2, attentionAxes: axes)
        }
        #expect(performing: { try layer([0])(query) }, throws: key(.value, "must lie between the batch and the units"))
        #expect(performing: { try layer([2])(query) }, throws: key(.value, "must lie between the batch and the units"))
        #expect(performing: { try layer()([query, sample([1, 2, 3, 4])]) }, throws: key(.value, "of as many axes"))
        #expect(performing: { try layer()(sample([2, 3])) }, throws: key(.value, "is incompatible with the layer"))
        #expect(
            performing: { try MultiHeadAttention(heads: 0, keySize: 2)(query) },
            throws: key(.value, "positive numbers of heads"))
        #expect(
            performing: { try layer()(Tensors(query), CallOptions(attentionMask: Tensor([3], [true, true, true]))) },
            throws: key(.value, "an attention mask must be"))
    }
}
