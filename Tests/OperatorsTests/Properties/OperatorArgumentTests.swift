import Operators
import TensorCore
import TestSupport
import Testing

/// An operator's own numbers may be anything: axes that are not there, sizes below zero or beyond counting. Each gives a
/// result or a typed error, never a trap.
struct OperatorArgumentTests {
    struct Function: Sendable, CustomTestStringConvertible {
        let name: String
        let apply: @Sendable (_ x: Tensor, _ n: [Int]) throws -> [Tensor]
        var testDescription: String { name }

        init(_ name: String, _ apply: @escaping @Sendable (_ x: Tensor, _ n: [Int]) throws -> Tensor) {
            self.init(several: name) { [try apply($0, $1)] }
        }

        init(several name: String, _ apply: @escaping @Sendable (_ x: Tensor, _ n: [Int]) throws -> [Tensor]) {
            self.name = name
            self.apply = apply
        }
    }

    static let functions: [Function] =
        reductions + shapes + indexing + linearAlgebra + neural + makers

    private static let reductions = [
        Function("sum") { try sum($0, axes: [$1[0], $1[1]], keepingDimensions: $1[2] > 0) },
        Function("mean") { try mean($0, axis: $1[0]) },
        Function("max") { try max($0, axis: $1[0]) },
        Function("product") { try product($0, axes: [$1[0], $1[1]]) },
        Function("argmax") { try argmax($0, axis: $1[0]) },
        Function("logSumExp") { try logSumExp($0, axes: [$1[0]]) },
        Function("norm") { try norm($0, axes: [$1[0], $1[1]]) },
        Function(several: "moments") {
            let moments = try moments($0, axes: [$1[0]])
            return [moments.mean, moments.variance]
        },
        Function("cumulativeSum") { try cumulativeSum($0, axis: $1[0], exclusive: $1[1] > 0, reverse: $1[2] > 0) },
        Function("cumulativeProduct") { try cumulativeProduct($0, axis: $1[0]) },
        Function("softmax") { try softmax($0, axis: $1[0]) },
        Function("logSoftmax") { try logSoftmax($0, axis: $1[0]) },
        Function("crelu") { try crelu($0, axis: $1[0]) },
        Function("l2Normalize") { try l2Normalize($0, axes: [$1[0], $1[1]]) },
    ]

    private static let shapes = [
        Function("reshape") { try reshape($0, Array($1.prefix(3))) },
        Function("flatten") { try flatten($0, from: $1[0]) },
        Function("expandDimensions") { try expandDimensions($0, axes: [$1[0], $1[1]]) },
        Function("mergeAxes") { try mergeAxes($0, from: $1[0], count: $1[1]) },
        Function("splitAxis") { try splitAxis($0, $1[0], into: [$1[1], $1[2]]) },
        Function("squeeze") { try squeeze($0, axes: [$1[0]]) },
        Function("concatenate") { try concatenate([$0, $0], axis: $1[0]) },
        Function("stack") { try stack([$0, $0], axis: $1[0]) },
        Function(several: "unstack") { try unstack($0, axis: $1[0]) },
        Function(several: "split") { try split($0, sizes: [$1[0], $1[1]], axis: $1[2]) },
        Function(several: "split into equal parts") { try split($0, parts: $1[0], axis: $1[1]) },
        Function("slice") { try slice($0, from: Array($1[0..<2]), sizes: Array($1[2..<4])) },
        Function("slice of ranges") { try $0[.range(from: $1[0], to: $1[1], by: $1[2]), .range(from: $1[3], to: nil)] },
        Function("slice of places") { try $0[.index($1[0]), .newAxis, .index($1[1])] },
        Function("pad") { try pad($0, [Padding($1[0], $1[1]), Padding($1[2], $1[3])]) },
        Function("reflectPad") { try reflectPad($0, [Padding($1[0], $1[1]), Padding($1[2], $1[3])]) },
        Function("symmetricPad") { try symmetricPad($0, [Padding($1[0], $1[1]), Padding($1[2], $1[3])]) },
        Function("tile") { try tile($0, [$1[0], $1[1]]) },
        Function("repeating") { try repeating($0, $1[0], axis: $1[1]) },
        Function("reverse") { try reverse($0, axes: [$1[0], $1[1]]) },
        Function("transpose") { try transpose($0, [$1[0], $1[1]]) },
        Function("broadcast") { try broadcast($0, to: Shape(checking: Array($1.prefix(3)))) },
        Function("spaceToDepth") { try spaceToDepth(reshape($0, [1, 2, 3, 1]), block: $1[0]) },
        Function("depthToSpace") {
            try depthToSpace(reshape($0, [1, 1, 1, 6]), block: $1[0], channelsFirst: $1[1] > 0)
        },
    ]

    private static let places = whole([2], [1, 0])

    private static let indexing = [
        Function("gather") { try gather($0, places, axis: $1[0], batchAxes: $1[1]) },
        Function("gather of any places") { try gather($0, Tensor([2], [Int64($1[0]), Int64($1[1])])) },
        Function("gatherND of any places") { try gatherND($0, Tensor([2], [Int64($1[0]), Int64($1[1])])) },
        Function("scatterND") {
            try scatterND(Tensor([1, 1], [Int64($1[0])]), $0[.range(to: 1)], shape: Shape(checking: [$1[1], 3]))
        },
        Function("scatterAdd") { try scatterAdd($0, Tensor([1], [Int64($1[0])]), $0[.range(to: 1)]) },
        Function("scatterUpdate") { try scatterUpdate($0, Tensor([1], [Int64($1[0])]), $0[.range(to: 1)]) },
        Function("takeAlongAxis") { try takeAlongAxis($0, Tensor([1, 1], [Int64($1[0])]), axis: $1[1]) },
        Function("sort") { try sort($0, axis: $1[0], descending: $1[1] > 0) },
        Function("argsort") { try argsort($0, axis: $1[0]) },
        Function(several: "topK") {
            let top = try topK($0, $1[0])
            return [top.values, top.indices]
        },
        Function("oneHot") { try oneHot(places, depth: $1[0], axis: $1[1]) + sum($0) },
    ]

    private static let linearAlgebra = [
        Function("bandPart") { try bandPart($0, lower: $1[0], upper: $1[1]) },
        Function("identityMatrix") { try sum($0) + Tensor.identityMatrix($1[0], columns: $1[1]) },
        Function("einsum") { x, n in
            let terms = ["ij", "ji", "i", "ii", "jk", "...", "...j", "", "->", "é", " i j "]
            let (left, right, out) = (terms[abs(n[0] % 11)], terms[abs(n[1] % 11)], terms[abs(n[2] % 11)])
            return try einsum("\(left),\(right)->\(out)", x, x)
        },
        Function("pow") { try pow($0, Double($1[0])) },
        Function("clip") { try clip($0, Double($1[0]), Double($1[1])) },
    ]

    private static let neural = [
        Function("batchNormalization") { try batchNormalization($0, axis: $1[0]).y },
        Function("groupNormalization") { try groupNormalization($0, groups: $1[0], axis: $1[1]) },
        Function("layerNormalization") { try layerNormalization($0, axes: $1[0]) },
        Function("maxPooling") { try maxPooling(expandDimensions($0, axes: [2]), [$1[0]], strides: [$1[1]]) },
        Function("averagePooling") {
            try averagePooling(
                expandDimensions($0, axes: [2]), [$1[0]], strides: [$1[1]],
                padding: .explicit([.init(before: $1[2], after: $1[3])]))
        },
        Function("convolution") {
            try convolution(
                expandDimensions($0, axes: [2]), Tensor([2, 1, 1], [1, 2]), strides: [$1[0]], dilations: [$1[1]],
                groups: $1[2])
        },
        Function("transposedConvolution") {
            try transposedConvolution(
                expandDimensions($0, axes: [2]), Tensor([2, 1, 1], [1, 2]), strides: [$1[0]], dilations: [$1[1]],
                outputPadding: [$1[2]])
        },
        Function("dropout") {
            try dropout($0, rate: 0.5, noiseShape: [$1[0], $1[1]], key: randomKey(seed: 1))
        },
    ]

    private static let makers = [
        Function("range") { try sum($0) + Tensor.range(from: Double($1[0]), to: Double($1[1]), by: Double($1[2])) },
        Function("linearSpace") { try sum($0) + Tensor.linearSpace(from: 0, to: 1, count: $1[0]) },
        Function("randomPermutation") {
            try cast(randomPermutation($1[0], key: randomKey(seed: 1)), to: .float32) + sum($0)
        },
        Function("randomIntegers") {
            try cast(randomIntegers([2], Int64($1[0]), Int64($1[1]), key: randomKey(seed: 1)), to: .float32) + sum($0)
        },
        Function("randomUniform") {
            try randomUniform(Shape(checking: [$1[0], 2]), Double($1[1]), Double($1[2]), key: randomKey(seed: 1))
                + sum($0)
        },
        Function("randomNormal") { try randomNormal([2], deviation: Double($1[0]), key: randomKey(seed: 1)) + sum($0) },
        Function("bernoulli") { try bernoulli([2], probability: Double($1[0]), key: randomKey(seed: 1)) + sum($0) },
    ]

    @Test(arguments: functions)
    func givesAResultOrATypedErrorForAnyNumbers(_ function: Function) throws {
        var generator = TestGenerator(seed: UInt64(function.name.utf8.count))
        let far = [Int.max, Int.min, Int.max - 1, Int.min + 1, 1 << 40, -1 << 40]
        func number() -> Int {
            generator.chance(12) ? far[generator.number(far.count)] : generator.number(7) - 2
        }
        var results = 0
        for shape: Shape in [[2, 3], [2, 0], [1, 1], [0, 3]] {
            let x = sample(shape)
            for _ in 0..<150 {
                let numbers = (0..<4).map { _ in number() }
                let tape = GradientTape()
                tape.watch(x)
                do {
                    let outputs = try tape.record { try function.apply(x, numbers) }
                    let gradient = try tape.gradient(of: outputs, withRespectTo: [x])[0]
                    #expect(gradient.map { $0.spec == x.spec } ?? true, "\(numbers) on \(shape)")
                    results += 1
                } catch is TensorError {
                } catch {
                    Issue.record("\(error) for \(numbers) on \(shape)")
                }
            }
        }
        #expect(results > 0, "no numbers suit it")
    }
}
