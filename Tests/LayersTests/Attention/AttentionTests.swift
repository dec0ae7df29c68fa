import Layers
import LayersTestSupport
import Operators
import TensorCore
import TestSupport
import Testing

/// Attention written out number by number: the weights of each query, and the mean of the values under them.
func slowAttention(
    _ scores: [[Double]], _ values: [[Double]], sees: (_ query: Int, _ key: Int) -> Bool = { _, _ in true }
) -> (results: [[Double]], weights: [[Double]]) {
    var (results, weights): ([[Double]], [[Double]]) = ([], [])
    for (query, row) in scores.enumerated() {
        let powers = row.enumerated().map { sees(query, $0.offset) ? exp(Tensor($0.element)) : 0 }
        let total = powers.reduce(0, +)
        weights.append(powers.map { $0 / total })
        results.append(
            values[0].indices.map { unit in powers.indices.reduce(0) { $0 + powers[$1] / total * values[$1][unit] } })
    }
    return (results, weights)
}

private func exp(_ x: Tensor) -> Double { (try? Operators.exp(x).scalars(Double.self)[0]) ?? .nan }

/// The rows of a `[1, rows, columns]` tensor.
func rows(_ tensor: Tensor) -> [[Double]] {
    let columns = tensor.shape.last ?? 1
    return stride(from: 0, to: tensor.elementCount, by: columns).map { start in
        tensor.values[start..<start + columns].map(Double.init)
    }
}

func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

struct AttentionTests {
    private let query = sample([1, 3, 2])
    private let value = sample([1, 4, 2], scale: 0.8)
    private let key = sample([1, 4, 2], scale: 0.6)

    @Test func weighsValuesByTheProductsOfQueriesAndKeys() throws {
        let scores = rows(query).map { query in rows(key).map { dot(query, $0) } }
        let expected = slowAttention(scores, rows(value))
        let found = try Attention()([query, value, key], CallOptions(returnsAttentionScores: true)).array
        #expect(agree(found[0], expected.results.flatMap { $0 }))
        #expect(agree(found[1], expected.weights.flatMap { $0 }))
    }

    @Test func looksBackOnlyAndMindsMasks() throws {
        let scores = rows(query).map { query in rows(value).map { dot(query, $0) } }
        let causal = slowAttention(scores, rows(value)) { $1 <= $0 }
        let layer = Attention()
        #expect(
            agree(
                try layer([query, value], CallOptions(usesCausalMask: true))[0], causal.results.flatMap { $0 }))
        let masked = slowAttention(scores, rows(value)) { $1 != 1 }
        let masks = (Tensor([1, 3], [true, true, false]), Tensor([1, 4], [true, false, true, true]))
        let found = try layer([query, value], CallOptions(mask: masks.0, otherMasks: [masks.1]))[0]
        // A query that is masked gives zeros.
        #expect(agree(found, masked.results.dropLast().flatMap { $0 } + [0, 0]))
    }

    @Test func additiveScoresAreSumsOfTangents() throws {
        let layer = AdditiveAttention()
        _ = try layer([query, value])
        try layer.variables[0].assign(Tensor([2], [0.5, -2]))
        let scores = rows(query).map { query in
            rows(value).map { value in
                let tangents = zip(query, value).map { (try? tanh(Tensor($0 + $1)).scalars(Double.self)[0]) ?? .nan }
                return dot(tangents, [0.5, -2])
            }
        }
        #expect(agree(try layer([query, value])[0], slowAttention(scores, rows(value)).results.flatMap { $0 }))
    }

    @Test func leavesWeightsOutWhileItTrains() throws {
        let layer = Attention(dropout: 0.5, seed: 1)
        let inputs: Tensors = [query, value]
        #expect(try layer(inputs, CallOptions(training: true))[0].values != layer(inputs)[0].values)
        #expect(try layer(inputs, CallOptions(training: false))[0].values == layer(inputs)[0].values)
        #expect(try Attention(dropout: 1)(inputs, CallOptions(training: true))[0].values.allSatisfy { $0 == 0 })
    }

    @Test func needsAQueryAndAValue() {
        #expect(performing: { try Attention()(query) }, throws: LayersTestSupport.key(.value, "a query, a value"))
        #expect(
            performing: {
                try Attention()(
                    [query, value], CallOptions(attentionMask: Tensor([1, 3, 4], Array(repeating: true, count: 12))))
            }, throws: LayersTestSupport.key(.type, "attention_mask"))
    }
}
