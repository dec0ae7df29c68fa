import Operators
import TensorCore
import TestSupport

extension OperatorCase {
    private static let cube = [mixed([2, 3, 2])]

    static let reductions: [OperatorCase] = [
        OperatorCase("sum", cube) { try sum($0[0]) },
        OperatorCase("sum over two axes", cube) { try sum($0[0], axes: [0, -1]) },
        OperatorCase("sum keeping dimensions", cube) { try sum($0[0], axes: [1], keepingDimensions: true) },
        OperatorCase("mean", cube) { try mean($0[0]) },
        OperatorCase("mean over two axes", cube) { try mean($0[0], axes: [0, 2]) },
        OperatorCase("max", cube) { try max($0[0]) },
        OperatorCase("max over an axis", cube) { try max($0[0], axis: 1) },
        OperatorCase("min over two axes", cube) { try min($0[0], axes: [0, 2], keepingDimensions: true) },
        OperatorCase("product", cube) { try product($0[0] * 3) },
        OperatorCase("product over an axis", cube) { try product($0[0], axis: 1) },
        OperatorCase("product over two axes", cube) { try product($0[0] * 3, axes: [0, 2]) },
        OperatorCase("argmax", cube, gradient: false) { try argmax($0[0], axis: 1) },
        OperatorCase("argmin", cube, gradient: false) { try argmin($0[0], axis: -1) },
        OperatorCase("logSumExp", cube) { try logSumExp($0[0] * 5) },
        OperatorCase("logSumExp over an axis", cube) { try logSumExp($0[0], axes: [1], keepingDimensions: true) },
        OperatorCase("norm of order one", cube) { try norm($0[0], .one, axes: [1]) },
        OperatorCase("norm of order two", cube) { try norm($0[0], axes: [1, 2]) },
        OperatorCase("norm of order infinity", cube) { try norm($0[0], .infinity, axes: [2]) },
        OperatorCase("variance", cube) { try variance($0[0], axes: [0, 1]) },
        OperatorCase("moments", cube, several: true) {
            let moments = try moments($0[0], axes: [1], keepingDimensions: true)
            return [moments.mean, moments.variance]
        },
        OperatorCase("cumulativeSum", cube) { try cumulativeSum($0[0], axis: 1) },
        OperatorCase("cumulativeSum, exclusive and reverse", cube) {
            try cumulativeSum($0[0], axis: 0, exclusive: true, reverse: true)
        },
        OperatorCase("cumulativeProduct", cube) { try cumulativeProduct($0[0] * 2, axis: 1) },
        OperatorCase("any", [Tensor([2, 2], [true, false, false, false])], gradient: false) {
            try any($0[0], axes: [1])
        },
        OperatorCase("all", [Tensor([2, 2], [true, true, false, true])], gradient: false) {
            try Operators.all($0[0], axes: [1], keepingDimensions: true)
        },
    ]

    static let linearAlgebra: [OperatorCase] = [
        OperatorCase("matmul", [mixed([3, 4]), mixed([4, 2])]) { try matmul($0[0], $0[1]) },
        OperatorCase("matmul, both transposed", [mixed([4, 3]), mixed([2, 4])]) {
            try matmul($0[0], $0[1], transposingLeft: true, transposingRight: true)
        },
        OperatorCase("matmul of a batch", [mixed([2, 3, 4]), mixed([2, 4, 2])]) { try matmul($0[0], $0[1]) },
        OperatorCase("matmul with one matrix", [mixed([2, 3, 4]), mixed([4, 2])], unknown: false) {
            try matmul($0[0], $0[1])
        },
        OperatorCase("matmul, stretched", [mixed([2, 1, 3, 4]), mixed([3, 4, 2])], unknown: false) {
            try matmul($0[0], $0[1])
        },
        OperatorCase("matmul, the left stretched", [mixed([3, 4]), mixed([2, 4, 2])], unknown: false) {
            try matmul($0[0], $0[1])
        },
        OperatorCase("dot", [mixed([4]), positive([4])]) { try dot($0[0], $0[1]) },
        OperatorCase("outer", [mixed([4]), positive([3])]) { try outer($0[0], $0[1]) },
        OperatorCase("einsum of a batch", [mixed([2, 3, 4]), mixed([2, 4, 2])]) {
            try einsum("bij,bjk->bik", $0[0], $0[1])
        },
        OperatorCase("einsum of heads", [mixed([2, 3, 2, 2]), mixed([2, 4, 2, 2])], unknown: false) {
            try einsum("bqhd,bkhd->bhqk", $0[0], $0[1])
        },
        OperatorCase("einsum of a trace", [mixed([3, 3])]) { try einsum("ii", $0[0]) },
        OperatorCase("einsum of three", [mixed([2, 3]), mixed([3, 2]), mixed([2, 2])]) {
            try einsum("ij,jk,kl->il", $0[0], $0[1], $0[2])
        },
        OperatorCase("einsum with an ellipsis", [mixed([2, 3, 4]), mixed([4, 2])], unknown: false) {
            try einsum("...j,jk->...k", $0[0], $0[1])
        },
        OperatorCase("einsum over two axes", [mixed([2, 3, 4]), mixed([3, 4, 2])], unknown: false) {
            try einsum("abc,bcd->da", $0[0], $0[1])
        },
        OperatorCase("einsum of an outer product", [mixed([2, 3]), mixed([2, 2])]) {
            try einsum("bi,bj->bij", $0[0], $0[1])
        },
        OperatorCase("transpose", [mixed([2, 3, 4])]) { try transpose($0[0], [1, 2, 0]) },
        OperatorCase("transpose of all axes", [mixed([2, 3, 4])]) { try transpose($0[0]) },
        OperatorCase("bandPart", [mixed([2, 3, 4])]) { try bandPart($0[0], lower: 1, upper: 0) },
        OperatorCase("lowerTriangle", [mixed([2, 3, 4])], gradient: false) { try lowerTriangle(of: $0[0]) },
        OperatorCase("diagonal", [mixed([2, 3])]) { try diagonal($0[0]) },
        OperatorCase("diagonalPart", [mixed([2, 3, 4])]) { try diagonalPart($0[0]) },
        OperatorCase("trace", [mixed([3, 3])]) { try trace($0[0]) },
        OperatorCase("oneHot", [whole([3], [0, 2, 5])], gradient: false) { try oneHot($0[0], depth: 4) },
    ]
}
