import Operators
import TensorCore
import TestSupport

extension OperatorCase {
    private static let line = mixed([2, 5, 2])
    private static let image = mixed([1, 4, 3, 2])
    private static let volume = mixed([1, 3, 2, 2, 2])

    static let windows: [OperatorCase] = [
        OperatorCase("convolution", [image, mixed([2, 2, 2, 3])]) { try convolution($0[0], $0[1]) },
        OperatorCase("convolution, strided and same", [image, mixed([3, 2, 2, 2]), mixed([2])]) {
            try convolution($0[0], $0[1], bias: $0[2], strides: [2, 1], padding: .same)
        },
        OperatorCase("convolution in groups, channels first", [mixed([1, 4, 3, 3]), mixed([2, 2, 2, 4])]) {
            try convolution($0[0], $0[1], dataFormat: .channelsFirst, groups: 2)
        },
        OperatorCase("convolution of a line, causal and dilated", [line, mixed([2, 2, 3])]) {
            try convolution($0[0], $0[1], padding: .causal(kernel: 2, dilation: 2), dilations: [2])
        },
        OperatorCase("convolution of a volume", [volume, mixed([2, 1, 2, 2, 2])]) {
            try convolution($0[0], $0[1], padding: .same)
        },
        OperatorCase("convolution with an activation", [image, mixed([2, 2, 2, 2]), mixed([2])]) {
            try convolution($0[0], $0[1], bias: $0[2], activation: .sigmoid)
        },
        OperatorCase("transposedConvolution", [mixed([1, 2, 3, 2]), mixed([3, 2, 2, 2])]) {
            try transposedConvolution($0[0], $0[1], strides: [2, 1], padding: .same)
        },
        OperatorCase("transposedConvolution of a line", [mixed([2, 3, 2]), mixed([2, 3, 2])]) {
            try transposedConvolution($0[0], $0[1], strides: [2], outputPadding: [1])
        },
        OperatorCase("depthwiseConvolution", [image, mixed([2, 2, 2, 2]), mixed([4])], known: [1]) {
            try depthwiseConvolution($0[0], $0[1], bias: $0[2])
        },
        OperatorCase("separableConvolution", [image, mixed([2, 2, 2, 1]), mixed([1, 1, 2, 3])], known: [1, 2]) {
            try separableConvolution($0[0], depthwise: $0[1], pointwise: $0[2], padding: .same)
        },
        OperatorCase("maxPooling", [image]) { try maxPooling($0[0], [2, 2], strides: [1, 1]) },
        OperatorCase("maxPooling of a line, same", [line]) { try maxPooling($0[0], [3], padding: .same) },
        OperatorCase("averagePooling", [image]) {
            try averagePooling($0[0], [2, 2], strides: [1, 1], padding: .same)
        },
        OperatorCase("averagePooling of a volume, channels first", [volume]) {
            try averagePooling($0[0], [1, 2, 2], dataFormat: .channelsFirst)
        },
    ]

    private static let rows = mixed([3, 4])
    private static let scales = [rows, positive([4]), mixed([4])]

    static let normalizations: [OperatorCase] = [
        OperatorCase("batchNormalization", scales, several: true) {
            let result = try batchNormalization($0[0], gamma: $0[1], beta: $0[2], epsilon: 0.1)
            return [result.y, result.mean, result.variance]
        },
        OperatorCase("batchNormalization of the first axis", [mixed([2, 3, 2])], several: true) {
            [try batchNormalization($0[0], axis: 0, epsilon: 0.1).y]
        },
        OperatorCase(
            "batchNormalization with given moments", [rows, mixed([4]), positive([4]), positive([4]), mixed([4])]
        ) {
            try batchNormalization($0[0], mean: $0[1], variance: $0[2], gamma: $0[3], beta: $0[4])
        },
        OperatorCase("groupNormalization", [mixed([2, 3, 4]), positive([4]), mixed([4])]) {
            try groupNormalization($0[0], groups: 2, gamma: $0[1], beta: $0[2], epsilon: 0.1)
        },
        OperatorCase("layerNormalization", scales) {
            try layerNormalization($0[0], gamma: $0[1], beta: $0[2], epsilon: 0.1)
        },
        OperatorCase("layerNormalization of two axes", [mixed([2, 2, 3])]) {
            try layerNormalization($0[0], axes: 2, epsilon: 0.1)
        },
        OperatorCase("rootMeanSquareNormalization", [rows, positive([4])]) {
            try rootMeanSquareNormalization($0[0], gamma: $0[1])
        },
    ]

    private static let key = randomKey(seed: 7)

    static let losses: [OperatorCase] = [
        OperatorCase("softmaxCrossEntropy", [mixed([2, 3]), positive([2, 3])]) {
            try softmaxCrossEntropy(logits: $0[0], labels: $0[1])
        },
        OperatorCase("sparseSoftmaxCrossEntropy", [mixed([3, 4]), whole([3], [0, 3, 1])]) {
            try sparseSoftmaxCrossEntropy(logits: $0[0], labels: $0[1])
        },
        OperatorCase("sigmoidCrossEntropy", [mixed([3, 4]), positive([3, 4])]) {
            try sigmoidCrossEntropy(logits: $0[0], labels: $0[1])
        },
        OperatorCase("dropout", [rows, key]) { try dropout($0[0], rate: 0.4, key: $0[1]) },
        OperatorCase("dropout of whole rows", [rows, key]) {
            try dropout($0[0], rate: 0.4, noiseShape: [nil, 1], key: $0[1])
        },
        OperatorCase("gaussianDropout", [rows, key]) { try gaussianDropout($0[0], rate: 0.4, key: $0[1]) },
        OperatorCase("gaussianNoise", [rows, key]) { try gaussianNoise($0[0], deviation: 0.4, key: $0[1]) },
        OperatorCase("alphaDropout", [rows, key]) { try alphaDropout($0[0], rate: 0.4, key: $0[1]) },
        OperatorCase("embeddingLookup", [mixed([4, 3]), whole([2, 2], [1, 3, 3, 0])], unknown: false) {
            try embeddingLookup($0[0], $0[1])
        },
        OperatorCase("matmulBias", [mixed([2, 3]), mixed([3, 4]), mixed([4])]) { try matmulBias($0[0], $0[1], $0[2]) },
        OperatorCase(
            "matmulBias with an activation", [mixed([2, 2, 3]), mixed([3, 4]), mixed([4])], unknown: false, known: [1]
        ) {
            try matmulBias($0[0], $0[1], $0[2], activation: .tanh)
        },
    ]

    private static let sequences = mixed([2, 3, 2])
    private static let states = [mixed([2, 2]), positive([2, 2])]
    private static let mask = Tensor([2, 3], [false, true, true, true, false, true])

    static let recurrences: [OperatorCase] = [
        OperatorCase("lstm", [sequences, mixed([2, 8]), mixed([2, 8]), mixed([8])], several: true, known: [1, 2]) {
            let result = try lstm($0[0], kernel: $0[1], recurrent: $0[2], bias: $0[3])
            return [result.outputs] + result.states
        },
        OperatorCase(
            "lstm, masked and backwards", [sequences, mixed([2, 8]), mixed([2, 8])] + states + [mask], several: true,
            known: [1, 2]
        ) {
            let result = try lstm(
                $0[0], kernel: $0[1], recurrent: $0[2], states: ($0[3], $0[4]), mask: $0[5], goesBackwards: true)
            return [result.outputs] + result.states
        },
        OperatorCase(
            "lstmStep", [mixed([2, 2])] + states + [mixed([2, 8]), mixed([2, 8])], several: true, known: [3, 4]
        ) {
            let (h, c) = try lstmStep($0[0], h: $0[1], c: $0[2], kernel: $0[3], recurrent: $0[4])
            return [h, c]
        },
        OperatorCase("gru", [sequences, mixed([2, 6]), mixed([2, 6]), mixed([6])], several: true, known: [1, 2]) {
            let result = try gru($0[0], kernel: $0[1], recurrent: $0[2], bias: $0[3])
            return [result.outputs] + result.states
        },
        OperatorCase(
            "gru that resets after, masked",
            [sequences, mixed([2, 6]), mixed([2, 6]), mixed([2, 6]), states[0], mask],
            several: true, known: [1, 2]
        ) {
            let result = try gru(
                $0[0], kernel: $0[1], recurrent: $0[2], bias: $0[3], state: $0[4], mask: $0[5], resetsAfter: true)
            return [result.outputs] + result.states
        },
        OperatorCase("gruStep", [mixed([2, 2]), states[0], mixed([2, 6]), mixed([2, 6])], known: [2, 3]) {
            try gruStep($0[0], h: $0[1], kernel: $0[2], recurrent: $0[3])
        },
    ]
}
