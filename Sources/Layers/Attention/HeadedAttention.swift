import Operators
import TensorCore

/// What ``MultiHeadAttention`` and ``GroupQueryAttention`` have in common: attention by scaled products, by several heads at
/// once, each on projections of its own.
///
/// A single input attends to itself; the key is by default the value.
///
/// - Shapes: query `[batch, queries…, units]`, value and key `[batch, keys…, units]` → `[batch, queries…, outputs]`; where asked for,
///   the weights `[batch, heads, queries…, keys…]`. An attention mask is bool `[batch, queries…, keys…]`.
/// - Variables: `query/kernel [inputs, heads, size]` and `query/bias [heads, size]`, the same for `key` and `value`,
///   `attention_output/kernel [heads, size, outputs…]`, `attention_output/bias [outputs…]`.
/// - Source: Vaswani and others, *Attention is all you need* (2017).
public class HeadedAttention: Layer {
    let queryHeads: Int
    let keyHeads: Int
    let keySize: Int
    let valueSize: Int
    public let dropoutRate: Double
    public let usesBias: Bool
    /// The extents of the output of one query; nil for those of the query.
    public let outputExtents: [Int]?
    /// Along which axes of the query is attended; nil for all between the batch and the units.
    public let attentionAxes: [Int]?
    public let seed: UInt64?
    private let generator: RandomGenerator?
    let weightSettings: (kernel: VariableSettings, bias: VariableSettings)
    private let queryProjection = HeadProjection()
    private let keyProjection = HeadProjection()
    private let valueProjection = HeadProjection()
    private let outputProjection = HeadProjection()

    init(
        queryHeads: Int, keyHeads: Int, keySize: Int, valueSize: Int, dropout: Double, usesBias: Bool,
        outputExtents: [Int]?, attentionAxes: [Int]?, seed: UInt64?,
        _ weights: (kernel: VariableSettings, bias: VariableSettings), isTrainable: Bool, dtype: DType?, name: String?
    ) {
        self.queryHeads = queryHeads
        self.keyHeads = keyHeads
        self.keySize = keySize
        self.valueSize = valueSize
        dropoutRate = dropout
        self.usesBias = usesBias
        self.outputExtents = outputExtents
        self.attentionAxes = attentionAxes
        self.seed = seed
        generator = seed.map { RandomGenerator(seed: $0) }
        weightSettings = weights
        super.init(layerName: name, isTrainable: isTrainable, dtype: dtype)
        inputSpecifications = [InputSpecification(rankMin: 3)]
        hold(queryProjection, as: "query")
        hold(keyProjection, as: "key")
        hold(valueProjection, as: "value")
        hold(outputProjection, as: "attention_output")
    }

    /// What the JSON says of the variables.
    static func weights(_ configuration: LayerConfiguration) throws -> (VariableSettings, VariableSettings) {
        (try configuration.variable("kernel", .glorotUniform), try configuration.variable("bias", .zeros))
    }

    public override func writeSettings(_ settings: inout LayerSettings) {
        settings.set("use_bias", usesBias)
        settings.set("dropout", dropoutRate)
        settings.set("kernel", weightSettings.kernel)
        settings.set("bias", weightSettings.bias)
        if settings.dialect == .keras3 { settings.set("seed", json: .seed(seed)) }
    }

    public override var accepts: CallArguments { [.training, .mask, .attention] }
    public override var inputKeywords: [String] { ["value", "key"] }

    public override func build(_ inputShapes: [Shape]) throws {
        guard queryHeads > 0, keyHeads > 0, keySize > 0, valueSize > 0 else {
            throw LayerError(.value, "\(className) needs positive numbers of heads and positive sizes")
        }
        let query = inputShapes[0]
        let axes = try attentionAxes(query.rank)
        guard let last = axes.last, axes.first ?? 0 > 0, last < query.rank - 1, Set(axes).count == axes.count else {
            throw LayerError(
                .value,
                "the attention axes of layer \(displayName) must lie between the batch and the units of \(query), but they are \(axes)"
            )
        }
        let value = inputShapes.count > 1 ? inputShapes[1] : query
        let key = inputShapes.count > 2 ? inputShapes[2] : value
        func units(_ shape: Shape, _ what: String) throws -> Int {
            try shape.requiredDimension(-1, of: "the last dimension of the \(what) of layer \(displayName)")
        }
        let outputs = try outputExtents ?? [units(query, "query")]
        queryProjection.settle([try units(query, "query")], [queryHeads, keySize], self)
        keyProjection.settle([try units(key, "key")], [keyHeads, keySize], self)
        valueProjection.settle([try units(value, "value")], [keyHeads, valueSize], self)
        outputProjection.settle([queryHeads, valueSize], outputs, self)
        try buildHeld(queryProjection, for: [query])
        try buildHeld(keyProjection, for: [key])
        try buildHeld(valueProjection, for: [value])
        try buildHeld(outputProjection, for: [query])
    }

    /// The axes along which is attended, in order.
    private func attentionAxes(_ rank: Int) throws -> [Int] {
        (attentionAxes ?? Array(1..<rank - 1)).map { $0 < 0 ? $0 + rank : $0 }.sorted()
    }

    public override func call(_ inputs: Tensors, _ options: CallOptions) throws -> Tensors {
        guard (1...3).contains(inputs.count), inputs.array.allSatisfy({ $0.rank == inputs[0].rank }) else {
            throw LayerError(
                .value,
                "layer \(displayName) takes a query, a value and a key of as many axes, but it received \(inputs.array.map(\.shape))"
            )
        }
        let query = inputs[0]
        let value = inputs.count > 1 ? inputs[1] : query
        let key = inputs.count > 2 ? inputs[2] : value
        let order = AttentionOrder(axes: try attentionAxes(query.rank), rank: query.rank)
        let size = 1 / Double(keySize).squareRoot()
        let queries = try order.arranged(queryProjection(query)) * size
        let keys = try repeated(order.arranged(keyProjection(key)), order)
        let values = try repeated(order.arranged(valueProjection(value)), order)
        var scores = try matmul(queries, keys, transposingRight: true)
        if let isSeen = try seen(inputs, options, scores, order) {
            let away = scores.dtype == .float16 ? -65504.0 : -1e9
            let zeros = try cast(isSeen, to: scores.dtype)
            scores = try scores + (1 - zeros) * away
        }
        let weights = try softmax(scores)
        var used = weights
        if options.training ?? false, dropoutRate > 0 {
            used = try dropped(weights, rate: dropoutRate, key: randomKey(from: generator))
        }
        let context = try order.returned(matmul(used, values), like: query)
        let result = try outputProjection(context)
        guard options.returnsAttentionScores else { return Tensors(result) }
        return [result, try order.unmerged(weights, query: query, key: key)]
    }

    /// Every head of keys for as many heads of queries as share it.
    private func repeated(_ heads: Tensor, _ order: AttentionOrder) throws -> Tensor {
        queryHeads == keyHeads ? heads : try repeating(heads, queryHeads / keyHeads, axis: order.headAxis)
    }

    /// Which keys each query may see, stretching to the scores; nil for all.
    private func seen(
        _ inputs: Tensors, _ options: CallOptions, _ scores: Tensor, _ order: AttentionOrder
    ) throws -> Tensor? {
        let masks = InputMasks(inputs, of: self, options)
        let known = [
            try masks[0].map { try expandDimensions($0, axes: [-1]) },
            try masks[inputs.count > 1 ? 1 : 0].map { try expandDimensions($0, axes: [-2]) },
            try masks[2].map { try expandDimensions($0, axes: [-2]) },
            options.usesCausalMask ? try lowerTriangle(of: scores) : nil,
        ]
        let given = try options.attentionMask.map { mask in
            try order.arrangedMask(mask.dtype == .bool ? mask : notEqual(mask, 0), rank: scores.rank)
        }
        let implied = try allOf(known).map { mask in
            try expandDimensions(mask, axes: Array(mask.rank - 2..<mask.rank - 2 + scores.rank - mask.rank))
        }
        return try allOf([given, implied])
    }

    public override func computeOutputShapes(_ inputShapes: [Shape]) throws -> [Shape] {
        guard let query = inputShapes.first, query.rank >= 3 else {
            throw LayerError(.value, "layer \(displayName) takes sequences, but the shapes are \(inputShapes)")
        }
        return [outputExtents.map { Shape(query.dropLast().extents + $0) } ?? query]
    }

    public override func computeOutputShape(_ inputShape: Shape) throws -> Shape {
        try computeOutputShapes([inputShape])[0]
    }
}

/// In which order the axes of projections `[batch, …, heads, size]` stand while products are computed: the batch, axes
/// along which is not attended, the heads, the axes along which is attended as one, the size.
struct AttentionOrder {
    /// Along which is attended, in order.
    let axes: [Int]
    /// Of the inputs.
    let rank: Int

    private var others: [Int] { (1..<rank - 1).filter { !axes.contains($0) } }
    /// Where the heads stand.
    var headAxis: Int { 1 + others.count }

    func arranged(_ projection: Tensor) throws -> Tensor {
        let turned = try transpose(projection, [0] + others + [rank - 1] + axes + [rank])
        return axes.count == 1 ? turned : try mergeAxes(turned, from: headAxis + 1, count: axes.count)
    }

    /// `[batch, others…, heads, queries, size]` as `[batch, …, heads, size]`, with the axes of the query.
    func returned(_ context: Tensor, like query: Tensor) throws -> Tensor {
        let apart = try unmergedAxis(context, headAxis + 1, query)
        var order: [Int] = [0]
        for axis in 1..<rank - 1 {
            order.append(
                others.firstIndex(of: axis).map { $0 + 1 } ?? headAxis + 1 + (axes.firstIndex(of: axis) ?? 0))
        }
        return try transpose(apart, order + [headAxis, rank])
    }

    /// The weights `[batch, others…, heads, queries, keys]` with the axes of queries and keys apart.
    func unmerged(_ weights: Tensor, query: Tensor, key: Tensor) throws -> Tensor {
        try unmergedAxis(unmergedAxis(weights, headAxis + 2, key), headAxis + 1, query)
    }

    private func unmergedAxis(_ x: Tensor, _ place: Int, _ input: Tensor) throws -> Tensor {
        guard axes.count > 1 else { return x }
        let attended = try transpose(input, axes + (0..<rank).filter { !axes.contains($0) })
        return try splitAxis(x, place, as: 0..<axes.count, of: attended)
    }

    /// A mask `[batch, queries…, keys…]` or less as one that stretches to scores of this rank.
    func arrangedMask(_ mask: Tensor, rank: Int) throws -> Tensor {
        let count = axes.count
        // The heads, and whatever else is missing, come before the queries.
        let whole = rank + 2 * (count - 1)
        guard mask.rank <= whole, mask.rank >= 2 * count else {
            throw LayerError(.value, "an attention mask must be [batch, queries, keys], but it is \(mask.shape)")
        }
        let start = mask.rank - 2 * count
        var mask = try expandDimensions(mask, axes: Array(start..<start + whole - mask.rank))
        guard count > 1 else { return mask }
        mask = try mergeAxes(mask, from: whole - count, count: count)
        return try mergeAxes(mask, from: whole - 2 * count, count: count)
    }
}
