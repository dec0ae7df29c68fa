import CKernels
import Glibc
import Operators
import TensorCore
import Testing

/// What functions of an element make of NaN, the infinities, zeros and numbers beyond all measure: what the mathematical
/// function, or its limit, is there, in both precisions and in every twin.
struct EdgeValueTests {
    struct Function: Sendable, CustomTestStringConvertible {
        let name: String
        let apply: @Sendable (Tensor) throws -> Tensor
        let exact: @Sendable (Double) -> Double
        var testDescription: String { name }

        init(
            _ name: String, _ apply: @escaping @Sendable (Tensor) throws -> Tensor,
            _ exact: @escaping @Sendable (Double) -> Double
        ) {
            self.name = name
            self.apply = apply
            self.exact = exact
        }
    }

    /// The logistic function, which has a limit on either side.
    private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    /// `x` times a factor that goes to zero at −∞ faster than x leaves it.
    private static func gated(_ x: Double, _ factor: Double) -> Double { x == -.infinity ? 0 : x * factor }

    private static func seluExactly(_ x: Double) -> Double {
        1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Glibc.expm1(x) : x)
    }

    static let functions: [Function] = [
        Function("abs", { try abs($0) }, { fabs($0) }),
        Function("negate", { try -$0 }, { -$0 }),
        Function("sign", { try sign($0) }, { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }),
        Function("square", { try square($0) }, { $0 * $0 }),
        Function("reciprocal", { try reciprocal($0) }, { 1 / $0 }),
        Function("sqrt", { try sqrt($0) }, { $0.squareRoot() }),
        Function("rsqrt", { try rsqrt($0) }, { 1 / $0.squareRoot() }),
        Function("exp", { try exp($0) }, { Glibc.exp($0) }),
        Function("expm1", { try expm1($0) }, { Glibc.expm1($0) }),
        Function("log", { try log($0) }, { Glibc.log($0) }),
        Function("log1p", { try log1p($0) }, { Glibc.log1p($0) }),
        Function("sin", { try sin($0) }, { Glibc.sin($0) }),
        Function("cos", { try cos($0) }, { Glibc.cos($0) }),
        Function("tan", { try tan($0) }, { Glibc.tan($0) }),
        Function("asin", { try asin($0) }, { Glibc.asin($0) }),
        Function("acos", { try acos($0) }, { Glibc.acos($0) }),
        Function("atan", { try atan($0) }, { Glibc.atan($0) }),
        Function("sinh", { try sinh($0) }, { Glibc.sinh($0) }),
        Function("cosh", { try cosh($0) }, { Glibc.cosh($0) }),
        Function("tanh", { try tanh($0) }, { Glibc.tanh($0) }),
        Function("asinh", { try asinh($0) }, { Glibc.asinh($0) }),
        Function("acosh", { try acosh($0) }, { Glibc.acosh($0) }),
        Function("atanh", { try atanh($0) }, { Glibc.atanh($0) }),
        Function("erf", { try erf($0) }, { Glibc.erf($0) }),
        Function("floor", { try floor($0) }, { Glibc.floor($0) }),
        Function("ceil", { try ceil($0) }, { Glibc.ceil($0) }),
        Function("round", { try round($0) }, { $0.rounded(.toNearestOrEven) }),
        Function("clip", { try clip($0, -2, 3) }, { $0.isNaN ? $0 : min(max($0, -2), 3) }),
        Function("sigmoid", { try sigmoid($0) }, logistic),
        Function("logSigmoid", { try logSigmoid($0) }, { min($0, 0) - Glibc.log1p(Glibc.exp(-fabs($0))) }),
        Function("softplus", { try softplus($0) }, { $0.isNaN ? $0 : max($0, 0) + Glibc.log1p(Glibc.exp(-fabs($0))) }),
        Function("relu", { try relu($0) }, { $0.isNaN ? $0 : max($0, 0) }),
        Function("relu6", { try relu6($0) }, { $0.isNaN ? $0 : min(max($0, 0), 6) }),
        Function("leakyRelu", { try leakyRelu($0, slope: 0.1) }, { $0 < 0 ? 0.1 * $0 : $0 }),
        Function("elu", { try elu($0) }, { $0 < 0 ? Glibc.expm1($0) : $0 }),
        Function("selu", { try selu($0) }, seluExactly),
        Function("hardSigmoid", { try hardSigmoid($0) }, { $0.isNaN ? $0 : min(max(0.2 * $0 + 0.5, 0), 1) }),
        Function("swish", { try swish($0) }, { gated($0, logistic($0)) }),
        Function("gelu", { try gelu($0) }, { gated($0, 0.5 * erfc(-$0 * 0.5.squareRoot())) }),
        Function("pow of 2.5", { try pow($0, 2.5) }, { Glibc.pow($0, 2.5) }),
        Function("pow of 0", { try pow($0, 0) }, { _ in 1 }),
    ]

    private static let edges: [Double] = [
        .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 0.5, -0.5, 1e-30, -1e-30, 1e30, -1e30,
    ]

    @Test(arguments: functions, 0...2)
    func isTheFunctionOrItsLimit(_ function: Function, level: Int) throws {
        guard level <= Int(ck_level_max()) else { return }
        ck_set_level(Int32(level))
        defer { ck_set_level(ck_level_max()) }
        let single = try function.apply(Tensor([Self.edges.count], Self.edges.map { Float($0) })).values
        let double = try function.apply(Tensor([Self.edges.count], Self.edges)).scalars(Double.self)
        for (index, x) in Self.edges.enumerated() {
            let rounded = function.exact(Double(Float(x)))
            #expect(
                fits(Double(single[index]), Double(Float(rounded)), 1e-5), "of \(x): \(single[index]), not \(rounded)")
            let exact = function.exact(x)
            #expect(fits(double[index], exact, 1e-12), "of the double \(x): \(double[index]), not \(exact)")
        }
    }

    struct Pairing: Sendable, CustomTestStringConvertible {
        let name: String
        let apply: @Sendable (Tensor, Tensor) throws -> Tensor
        let exact: @Sendable (Double, Double) -> Double
        var testDescription: String { name }
    }

    static let pairings: [Pairing] = [
        Pairing(name: "add", apply: { try $0 + $1 }, exact: +),
        Pairing(name: "subtract", apply: { try $0 - $1 }, exact: -),
        Pairing(name: "multiply", apply: { try $0 * $1 }, exact: *),
        Pairing(name: "divide", apply: { try $0 / $1 }, exact: /),
        Pairing(name: "floorDivide", apply: { try floorDivide($0, $1) }, exact: { Glibc.floor($0 / $1) }),
        Pairing(name: "pow", apply: { try pow($0, $1) }, exact: { Glibc.pow($0, $1) }),
        Pairing(name: "atan2", apply: { try atan2($0, $1) }, exact: { Glibc.atan2($0, $1) }),
        Pairing(name: "squaredDifference", apply: { try squaredDifference($0, $1) }, exact: { ($0 - $1) * ($0 - $1) }),
        Pairing(name: "maximum", apply: { try maximum($0, $1) }, exact: { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }),
        Pairing(name: "minimum", apply: { try minimum($0, $1) }, exact: { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }),
        Pairing(name: "truncateMod", apply: { try truncateMod($0, $1) }, exact: { fmod($0, $1) }),
    ]

    @Test(arguments: pairings)
    func pairsOfEdgesToo(_ pairing: Pairing) throws {
        // One stretched along the rows, the other along the columns: every pair.
        let edges = Self.edges.filter { fabs($0) < 1e20 || !$0.isFinite }
        let count = edges.count
        let double = try pairing.apply(Tensor([count, 1], edges), Tensor([count], edges)).scalars(Double.self)
        let single = try pairing.apply(
            Tensor([count, 1], edges.map { Float($0) }), Tensor([count], edges.map { Float($0) })
        ).values
        for (row, x) in edges.enumerated() {
            for (column, y) in edges.enumerated() {
                let place = row * count + column
                #expect(fits(double[place], pairing.exact(x, y), 1e-12), "of \(x) and \(y): \(double[place])")
                let rounded = Double(Float(pairing.exact(Double(Float(x)), Double(Float(y)))))
                #expect(fits(Double(single[place]), rounded, 1e-5), "of the floats \(x) and \(y): \(single[place])")
            }
        }
    }

    private func fits(_ found: Double, _ exact: Double, _ relative: Double) -> Bool {
        if exact.isNaN { return found.isNaN }
        return found == exact || fabs(found - exact) <= relative * max(fabs(exact), 1e-300)
    }
}
