import Operators
import TensorCore
import TestSupport

extension OperatorCase {
    private static let x = [mixed([2, 3, 4])]

    static let shapes: [OperatorCase] = [
        OperatorCase("reshape", x, unknown: false) { try reshape($0[0], [-1, 6]) },
        OperatorCase("flatten", x) { try flatten($0[0]) },
        OperatorCase("flatten of all", x) { try flatten($0[0], from: 0) },
        OperatorCase("mergeAxes", x) { try mergeAxes($0[0], from: 1) },
        OperatorCase("splitAxis", x) { try splitAxis($0[0], 2, into: [2, 1, 2]) },
        OperatorCase("splitAxis as another tensor has it", [mixed([6, 2]), mixed([2, 3])]) {
            try splitAxis($0[0], 0, as: 0..<2, of: $0[1])
        },
        OperatorCase("expandDimensions", x) { try expandDimensions($0[0], axes: [0, -1]) },
        OperatorCase("squeeze", [mixed([1, 3, 1])]) { try squeeze($0[0], axes: [0, 2]) },
        OperatorCase("concatenate", [mixed([2, 3]), positive([2, 1])]) { try concatenate($0, axis: 1) },
        OperatorCase("split", x, several: true, unknown: false) { try split($0[0], sizes: [1, 2], axis: 1) },
        OperatorCase("split into equal parts", x, several: true, unknown: false) {
            try split($0[0], parts: 2, axis: 2)
        },
        OperatorCase("stack", [mixed([2, 3]), positive([2, 3])]) { try stack($0, axis: 1) },
        OperatorCase("unstack", x, several: true, unknown: false) { try unstack($0[0], axis: 1) },
        OperatorCase("slice", x) { try slice($0[0], from: [0, 1, 2], sizes: [-1, 2, 1]) },
        OperatorCase("strided slice", x) { try $0[0][.rest, .range(from: -1, to: nil, by: -2)] },
        OperatorCase("strided slice of places", x) { try $0[0][1, .newAxis, .from(1), -2] },
        OperatorCase("pad", x) { try pad($0[0], [Padding(1, 0), Padding(0, 2), Padding(0, 0)], value: 3) },
        OperatorCase("reflectPad", x) { try reflectPad($0[0], [Padding(1, 0), Padding(2, 1), Padding(0, 3)]) },
        OperatorCase("symmetricPad", x) { try symmetricPad($0[0], [Padding(2, 1), Padding(0, 3), Padding(1, 0)]) },
        OperatorCase("tile", x) { try tile($0[0], [2, 1, 3]) },
        OperatorCase("repeating", x) { try repeating($0[0], 3, axis: 1) },
        OperatorCase("reverse", x) { try reverse($0[0], axes: [0, -1]) },
        OperatorCase("broadcast to a shape", [mixed([3, 1])]) { try broadcast($0[0], to: [2, 3, 4]) },
        OperatorCase("spaceToDepth", [mixed([2, 4, 2, 3])]) { try spaceToDepth($0[0], block: 2) },
        OperatorCase("spaceToDepth, channels first", [mixed([1, 2, 4, 2])]) {
            try spaceToDepth($0[0], block: 2, channelsFirst: true)
        },
        OperatorCase("depthToSpace", [mixed([2, 2, 1, 8])]) { try depthToSpace($0[0], block: 2) },
    ]

    private static let table = mixed([4, 3])
    private static let places = whole([2, 2], [1, 3, 3, 0])

    static let indexing: [OperatorCase] = [
        OperatorCase("gather", [table, places], unknown: false) { try gather($0[0], $0[1]) },
        OperatorCase("gather along the last axis", [table, whole([2], [2, 0])]) {
            try gather($0[0], $0[1], axis: -1)
        },
        OperatorCase("gather in batches", [mixed([2, 3, 2]), whole([2, 2], [0, 2, 1, 1])]) {
            try gather($0[0], $0[1], axis: 1, batchAxes: 1)
        },
        OperatorCase("gatherND", [mixed([2, 3, 2]), whole([3, 2], [0, 1, 1, 2, 0, 1])], unknown: false) {
            try gatherND($0[0], $0[1])
        },
        OperatorCase("scatterND", [whole([3, 1], [1, 3, 1]), mixed([3, 2])], unknown: false) {
            try scatterND($0[0], $0[1], shape: [4, 2])
        },
        OperatorCase("scatterAdd", [table, whole([3], [1, 3, 1]), mixed([3, 3])]) {
            try scatterAdd($0[0], $0[1], $0[2])
        },
        OperatorCase("scatterUpdate", [table, whole([2], [2, 0]), mixed([2, 3])]) {
            try scatterUpdate($0[0], $0[1], $0[2])
        },
        OperatorCase("takeAlongAxis", [table, whole([2, 3], [0, 3, 2, 1, 3, 3])]) {
            try takeAlongAxis($0[0], $0[1], axis: 0)
        },
        OperatorCase("sort", [table]) { try sort($0[0]) },
        OperatorCase("sort along the first axis, descending", [table]) {
            try sort($0[0], axis: 0, descending: true)
        },
        OperatorCase("argsort", [table], gradient: false) { try argsort($0[0], axis: 1) },
        OperatorCase("topK", [mixed([2, 7])], several: true) {
            let top = try topK($0[0], 3)
            return [top.values, top.indices]
        },
        OperatorCase("slices made dense", [table, places], unknown: false) {
            let slices = try IndexedSlices(values: gather($0[0], $0[1]), indices: $0[1], like: $0[0])
            return try slices.dense()
        },
        OperatorCase("totals of slices", [table, whole([3], [1, 3, 1])], unknown: false) {
            let slices = try IndexedSlices(values: gather($0[0], $0[1]), indices: $0[1], like: $0[0])
            return try slices.totals().values
        },
    ]
}
