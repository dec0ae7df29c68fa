import Operators
import TensorCore
import TestSupport

extension OperatorCase {
    private static let x = [mixed([3, 4])]
    private static let above = [positive([3, 4])]

    static let elementwise: [OperatorCase] = [
        OperatorCase("abs", x) { try abs($0[0]) },
        OperatorCase("square", x) { try square($0[0]) },
        OperatorCase("reciprocal", above) { try reciprocal($0[0]) },
        OperatorCase("sqrt", above) { try sqrt($0[0]) },
        OperatorCase("rsqrt", above) { try rsqrt($0[0]) },
        OperatorCase("exp", x) { try exp($0[0]) },
        OperatorCase("expm1", x) { try expm1($0[0]) },
        OperatorCase("log", above) { try log($0[0]) },
        OperatorCase("log1p", above) { try log1p($0[0]) },
        OperatorCase("sin", x) { try sin($0[0]) },
        OperatorCase("cos", x) { try cos($0[0]) },
        OperatorCase("tan", x) { try tan($0[0]) },
        OperatorCase("asin", x) { try asin($0[0] * 0.8) },
        OperatorCase("acos", x) { try acos($0[0] * 0.8) },
        OperatorCase("atan", x) { try atan($0[0]) },
        OperatorCase("sinh", x) { try sinh($0[0]) },
        OperatorCase("cosh", x) { try cosh($0[0]) },
        OperatorCase("asinh", x) { try asinh($0[0]) },
        OperatorCase("acosh", above) { try acosh($0[0] + 1) },
        OperatorCase("atanh", x) { try atanh($0[0] * 0.8) },
        OperatorCase("erf", x) { try erf($0[0]) },
        OperatorCase("sign", x, gradient: false) { try sign($0[0]) },
        OperatorCase("floor", x, gradient: false) { try floor($0[0] * 3) },
        OperatorCase("ceil", x, gradient: false) { try ceil($0[0] * 3) },
        OperatorCase("round", x, gradient: false) { try round($0[0] * 3) },
        OperatorCase("clip between tensors", [mixed([3, 4]), Tensor([4], [-0.9, -0.51, -0.2, 0.03])]) {
            try clip($0[0], $0[1], $0[1] + 0.61)
        },
        OperatorCase("clip", x) { try clip($0[0], -0.3, 0.4) },
        OperatorCase("affine", x) { try 2 - 3 * $0[0] },
        OperatorCase("divide by a number", x) { try $0[0] / 4 },
        OperatorCase("a number divided", above) { try 2 / $0[0] },
        OperatorCase("pow of 3", x) { try pow($0[0], 3) },
        OperatorCase("pow of 1.7", above) { try pow($0[0], 1.7) },
        OperatorCase("pow of 0", above) { try pow($0[0], 0) },
        OperatorCase("isNaN", x, gradient: false) { try isNaN($0[0]) },
        OperatorCase("isFinite", x, gradient: false) { try isFinite($0[0]) },
        OperatorCase("isInfinite", x, gradient: false) { try isInfinite($0[0]) },
        OperatorCase("cast to float64", x, gradient: false) { try cast($0[0], to: .float64) },
        OperatorCase("cast to int32", x, gradient: false) { try cast($0[0] * 3, to: .int32) },
        OperatorCase("cast to float16", x, gradient: false) { try cast($0[0] * 3, to: .float16) },
        OperatorCase("zerosLike", x, gradient: false) { try zerosLike($0[0]) },
        OperatorCase("onesLike", x, gradient: false) { try onesLike($0[0]) },
    ]

    private static let pair = [mixed([3, 4]), positive([3, 4])]
    /// Each side stretches over the other.
    private static let crossed = [mixed([3, 1]), positive([2, 1, 4])]

    static let binary: [OperatorCase] = [
        OperatorCase("add", pair) { try $0[0] + $0[1] },
        OperatorCase("add, stretched", crossed) { try $0[0] + $0[1] },
        OperatorCase("subtract", pair) { try $0[0] - $0[1] },
        OperatorCase("subtract, stretched", crossed) { try $0[0] - $0[1] },
        OperatorCase("multiply", pair) { try $0[0] * $0[1] },
        OperatorCase("multiply, stretched", crossed) { try $0[0] * $0[1] },
        OperatorCase("divide", pair) { try $0[0] / $0[1] },
        OperatorCase("divide, stretched", crossed) { try $0[0] / $0[1] },
        OperatorCase("divideNoNaN", pair) { try divideNoNaN($0[0], $0[1]) },
        OperatorCase("floorDivide", pair, gradient: false) { try floorDivide($0[0], $0[1]) },
        OperatorCase("mod", [mixed([3, 4]), Tensor([3, 4], positive([3, 4]).values.map { $0 + 0.013 })]) {
            try mod($0[0], $0[1])
        },
        OperatorCase("truncateMod", pair, gradient: false) { try truncateMod($0[0], $0[1]) },
        OperatorCase("pow", [positive([3, 4]), mixed([3, 4])]) { try pow($0[0], $0[1]) },
        OperatorCase("pow, stretched", [positive([3, 1]), mixed([4])]) { try pow($0[0], $0[1]) },
        OperatorCase("atan2", pair) { try atan2($0[0], $0[1]) },
        OperatorCase("squaredDifference", crossed) { try squaredDifference($0[0], $0[1]) },
        OperatorCase("maximum", pair) { try maximum($0[0] * 2, $0[1]) },
        OperatorCase("maximum, stretched", crossed) { try maximum($0[0] * 2, $0[1]) },
        OperatorCase("minimum", pair) { try minimum($0[0] * 2, $0[1]) },
        OperatorCase("minimum with a number", [mixed([3, 4])]) { try minimum($0[0], 0.2) },
        OperatorCase("select", [Tensor([3, 1], [true, false, true]), mixed([3, 4]), positive([4])]) {
            try select($0[0], $0[1], $0[2])
        },
        OperatorCase("equal", [mixed([4]), mixed([4])], gradient: false) { try equal($0[0], $0[1]) },
        OperatorCase("notEqual", pair, gradient: false) { try notEqual($0[0], $0[1]) },
        OperatorCase("less", crossed, gradient: false) { try less($0[0], $0[1]) },
        OperatorCase("lessEqual", pair, gradient: false) { try lessEqual($0[0], $0[1]) },
        OperatorCase("greater", pair, gradient: false) { try greater($0[0], $0[1]) },
        OperatorCase("greaterEqual", pair, gradient: false) { try greaterEqual($0[0], $0[1]) },
        OperatorCase("compared with a number", [mixed([4])], gradient: false) { try greater($0[0], 0.1) },
    ]

    private static let wholes = [whole([2, 2], [7, -7, 3, -3]), whole([2, 2], [2, 2, -5, -5])]
    private static let booleans = [Tensor([2, 1], [true, false]), Tensor([2], [true, false])]

    static let wholeNumbers: [OperatorCase] = [
        OperatorCase("add of int32", wholes, gradient: false) { try $0[0] + $0[1] },
        OperatorCase("multiply of int32", wholes, gradient: false) { try $0[0] * $0[1] },
        OperatorCase("floorDivide of int32", wholes, gradient: false) { try floorDivide($0[0], $0[1]) },
        OperatorCase("mod of int32", wholes, gradient: false) { try mod($0[0], $0[1]) },
        OperatorCase("pow of int32", [wholes[0]], gradient: false) { try pow($0[0], 3) },
        OperatorCase("affine of int32", [wholes[0]], gradient: false) { try 5 - $0[0] },
        OperatorCase("abs of int32", [wholes[0]], gradient: false) { try abs($0[0]) },
        OperatorCase("sign of int32", [wholes[0]], gradient: false) { try sign($0[0]) },
        OperatorCase("clip of int32", [wholes[0]], gradient: false) { try clip($0[0], -4, 4) },
        OperatorCase("sum of int32", [wholes[0]], gradient: false) { try sum($0[0], axis: 0) },
        OperatorCase("max of int32", [wholes[0]], gradient: false) { try max($0[0], axis: 1) },
        OperatorCase("cast of int32", [wholes[0]], gradient: false) { try cast($0[0], to: .float32) },
        OperatorCase("logicalAnd", booleans, gradient: false) { try logicalAnd($0[0], $0[1]) },
        OperatorCase("logicalOr", booleans, gradient: false) { try logicalOr($0[0], $0[1]) },
        OperatorCase("logicalXor", booleans, gradient: false) { try logicalXor($0[0], $0[1]) },
        OperatorCase("logicalNot", [booleans[0]], gradient: false) { try logicalNot($0[0]) },
    ]

    static let activations: [OperatorCase] = [
        OperatorCase("relu", x) { try relu($0[0]) },
        OperatorCase("relu with its numbers", x) {
            try relu($0[0] * 2, maximum: 1.1, slope: 0.1, threshold: 0.5)
        },
        OperatorCase("relu6", x) { try relu6($0[0] * 9) },
        OperatorCase("leakyRelu", x) { try leakyRelu($0[0], slope: 0.1) },
        OperatorCase("elu", x) { try elu($0[0], alpha: 0.7) },
        OperatorCase("selu", x) { try selu($0[0]) },
        OperatorCase("softplus", x) { try softplus($0[0] * 3) },
        OperatorCase("softsign", x) { try softsign($0[0] * 3) },
        OperatorCase("swish", x) { try swish($0[0] * 3) },
        OperatorCase("gelu", x) { try gelu($0[0] * 3) },
        OperatorCase("gelu with tanh", x) { try gelu($0[0] * 3, approximately: true) },
        OperatorCase("hardSigmoid", x) { try hardSigmoid($0[0] * 4.1) },
        OperatorCase("sigmoid", x) { try sigmoid($0[0] * 3) },
        OperatorCase("logSigmoid", x) { try logSigmoid($0[0] * 3) },
        OperatorCase("tanh", x) { try tanh($0[0] * 2) },
        OperatorCase("mish", x) { try mish($0[0] * 3) },
        OperatorCase("crelu", x) { try crelu($0[0]) },
        OperatorCase("softmax", x) { try softmax($0[0]) },
        OperatorCase("softmax along the first axis", [mixed([3, 2, 2])]) { try softmax($0[0], axis: 0) },
        OperatorCase("logSoftmax", x) { try logSoftmax($0[0]) },
        OperatorCase("logSoftmax along the middle axis", [mixed([2, 3, 2])]) { try logSoftmax($0[0], axis: 1) },
        OperatorCase("l2Normalize", x) { try l2Normalize($0[0]) },
    ]

    static let random: [OperatorCase] = {
        let key = [randomKey(seed: 7)]
        let keyLike = [randomKey(seed: 7), mixed([3, 5])]
        return [
            OperatorCase("randomUniform", key, gradient: false) { try randomUniform([3, 5], -1, 2, key: $0[0]) },
            OperatorCase("randomNormal", key, gradient: false) { try randomNormal([3, 5], key: $0[0]) },
            OperatorCase("truncatedNormal", key, gradient: false) { try truncatedNormal([3, 5], key: $0[0]) },
            OperatorCase("bernoulli", key, gradient: false) { try bernoulli([20], probability: 0.4, key: $0[0]) },
            OperatorCase("randomIntegers", key, gradient: false) { try randomIntegers([20], -3, 4, key: $0[0]) },
            OperatorCase("randomUniform like", keyLike, gradient: false) {
                try randomUniform(like: $0[1], key: $0[0])
            },
            OperatorCase("randomNormal like", keyLike, gradient: false) { try randomNormal(like: $0[1], key: $0[0]) },
            OperatorCase("bernoulli like", keyLike, gradient: false) {
                try bernoulli(like: $0[1], probability: 0.5, key: $0[0])
            },
            OperatorCase("randomPermutation", key, gradient: false) { try randomPermutation(9, key: $0[0]) },
            OperatorCase("shuffled", [mixed([5, 2]), randomKey(seed: 7)]) { try shuffled($0[0], key: $0[1]) },
        ]
    }()

    static let control: [OperatorCase] = [
        OperatorCase("identity", x) { try identity($0[0]) },
        OperatorCase("stopGradient", x, gradient: false) { try stopGradient($0[0]) },
        OperatorCase("printing", x) { try printing($0[0], to: { _ in }) },
        OperatorCase("scan", [mixed([3, 2]), positive([2])], several: true) {
            let result = try scan([$0[0]], from: [$0[1]]) { slices, states, _ in
                let state = try tanh(states[0] * 0.5 + slices[0])
                return ([try state * state], [state])
            }
            return result.outputs + result.states
        },
        OperatorCase("customGradient", x) { inputs in
            try customGradient { (x: Tensor) in (try square(x), { dy in try 2 * (dy * x) }) }(inputs[0])
        },
    ]
}
