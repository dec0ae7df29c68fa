import CKernels
import Glibc
import TensorCore
import Testing

/// Each loop exists portably, for AVX2 and for AVX-512; all are held against double precision.
@Suite(.serialized)
struct KernelTwinsTests {
    struct Function: Sendable, CustomTestStringConvertible {
        let name: String
        let loop: @Sendable @convention(c) (Int32) -> ck_unary_loop?
        let parameter: Double
        /// In units in the last place of the result; where a function crosses zero, of `floor`.
        let tolerance: Double
        let floor: Double
        let exact: @Sendable (Double) -> Double
        var testDescription: String { name }
    }

    static let functions: [Function] = [
        Function(name: "exp", loop: ck_exp, parameter: 0, tolerance: 2, floor: 1e-45) { exp($0) },
        Function(name: "log", loop: ck_log, parameter: 0, tolerance: 2, floor: 1e-3) { log($0) },
        Function(name: "tanh", loop: ck_tanh, parameter: 0, tolerance: 7, floor: 1e-30) { tanh($0) },
        Function(name: "sigmoid", loop: ck_sigmoid, parameter: 0, tolerance: 4, floor: 1e-45) { 1 / (1 + exp(-$0)) },
        Function(name: "softplus", loop: ck_softplus, parameter: 0, tolerance: 4, floor: 1e-36) {
            max($0, 0) + log1p(exp(-abs($0)))
        },
        Function(name: "erf", loop: ck_erf, parameter: 0, tolerance: 4, floor: 1e-30) { erf($0) },
        // Far below zero gelu is a difference of nearly equal numbers; its error there is measured against one.
        Function(name: "gelu", loop: ck_gelu, parameter: 0, tolerance: 2, floor: 1) {
            0.5 * $0 * erfc(-$0 * 0.5.squareRoot())
        },
        Function(name: "gelu with tanh", loop: ck_gelu_tanh, parameter: 0, tolerance: 6, floor: 1) {
            0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        },
        Function(name: "rsqrt", loop: ck_rsqrt, parameter: 0, tolerance: 2, floor: 1e-37) { 1 / $0.squareRoot() },
        Function(name: "expm1", loop: ck_expm1, parameter: 0, tolerance: 4, floor: 1e-30) { expm1($0) },
        Function(name: "log1p", loop: ck_log1p, parameter: 0, tolerance: 4, floor: 1e-30) { log1p($0) },
        Function(name: "log of sigmoid", loop: ck_log_sigmoid, parameter: 0, tolerance: 4, floor: 1e-36) {
            min($0, 0) - log1p(exp(-abs($0)))
        },
        Function(name: "elu", loop: ck_elu, parameter: 1, tolerance: 4, floor: 1e-30) { $0 <= 0 ? expm1($0) : $0 },
        Function(name: "swish", loop: ck_swish, parameter: 0, tolerance: 5, floor: 1e-34) { $0 / (1 + exp(-$0)) },
    ]

    @Test(arguments: functions, 0...2)
    func staysWithinItsBound(of function: Function, level: Int) throws {
        guard level <= Int(ck_level_max()) else { return }
        ck_set_level(Int32(level))
        defer { ck_set_level(ck_level_max()) }
        let loop = try #require(function.loop(Int32(DType.float32.rawValue)))
        let inputs: [Float] =
            (0..<40_007).map { Float($0 - 20_000) * 0.0043 } + [
                1e-6, -1e-6, 1e-20, 0.5, 86, -86, -88.5, -95, -103, -110,
            ]
        let positive = ["log", "rsqrt", "log1p"].contains(function.name) ? inputs.map { abs($0) + 1e-30 } : inputs
        var outputs = [Float](repeating: 0, count: positive.count)
        loop(positive, &outputs, positive.count, function.parameter, 0)
        var worst = 0.0
        for (x, y) in zip(positive, outputs) {
            let exact = function.exact(Double(x))
            let unit = Double(Float(max(abs(exact), function.floor)).ulp)
            worst = max(worst, abs(Double(y) - exact) / unit)
        }
        #expect(worst <= function.tolerance, "\(function.name): \(worst) ulp")
    }

    @Test(arguments: functions, 0...2)
    func keepsNaNAndKnowsInfinity(of function: Function, level: Int) throws {
        guard level <= Int(ck_level_max()) else { return }
        ck_set_level(Int32(level))
        defer { ck_set_level(ck_level_max()) }
        let loop = try #require(function.loop(Int32(DType.float32.rawValue)))
        var outputs = [Float](repeating: 0, count: 3)
        loop([Float.nan, .infinity, -.infinity], &outputs, 3, function.parameter, 0)
        #expect(outputs[0].isNaN)
        #expect(outputs[1] == Float(function.exact(.infinity)))
        if !["log", "log1p", "rsqrt", "gelu", "gelu with tanh", "swish"].contains(function.name) {
            #expect(outputs[2] == Float(function.exact(-.infinity)))
        }
    }

    @Test(arguments: 0...2)
    func takesLogarithmsOfRareNumbersAmongOthers(level: Int) throws {
        guard level <= Int(ck_level_max()) else { return }
        ck_set_level(Int32(level))
        defer { ck_set_level(ck_level_max()) }
        let loop = try #require(ck_log(Int32(DType.float32.rawValue)))
        let inputs: [Float] = [
            2, .leastNormalMagnitude / 100, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0,
            -0.0, .infinity, 0.5,
            -1, -.infinity, -.leastNormalMagnitude / 2, .nan, Float(nan: 77, signaling: false), 1, 3,
        ]
        var outputs = [Float](repeating: 0, count: inputs.count)
        loop(inputs, &outputs, inputs.count, 0, 0)
        for (x, y) in zip(inputs, outputs) {
            let exact = Float(log(Double(x)))
            if exact.isFinite {
                #expect(abs(y - exact) <= exact.ulp, "log \(x)")
            } else {
                #expect(exact.isNaN ? y.isNaN : y == exact, "log \(x) = \(y)")
            }
        }
    }

    @Test func anElementsResultDoesNotDependOnItsPlace() throws {
        let loop = try #require(ck_exp(Int32(DType.float32.rawValue)))
        let inputs = (0..<37).map { Float($0) * 0.37 - 5 }
        var whole = [Float](repeating: 0, count: 37)
        loop(inputs, &whole, 37, 0, 0)
        for index in inputs.indices {
            var alone: Float = 0
            loop([inputs[index]], &alone, 1, 0, 0)
            #expect(alone == whole[index])
        }
    }
}
