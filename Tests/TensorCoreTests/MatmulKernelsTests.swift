import CKernels
import TestSupport
import Testing

@testable import TensorCore

/// The products themselves, through their Swift face.
struct MatmulKernelsTests {
    /// op(x) · op(y) by the kernel.
    static func product(
        _ x: Tensor, _ y: Tensor, m: Int, k: Int, n: Int, _ transposed: Bool, turned: Bool = false,
        _ product: Kernels.Product = .exact, bias: Tensor? = nil, activation: OutputActivation = .linear
    ) throws -> Tensor {
        let z = try Tensor(uninitialized: TensorSpec([m, n], x.dtype))
        try Kernels.multiplyMatrices(
            x.pointer, transposed: turned, y.pointer, transposed: transposed, into: z.buffer.pointer, m: m, k: k, n: n,
            dtype: x.dtype, product: product, bias: bias?.pointer, activation: activation)
        withExtendedLifetime((x, y, bias)) {}
        return z
    }

    static func transposed(_ x: Tensor) -> Tensor {
        let (rows, columns) = (x.shape[0], x.shape[1])
        let values = x.values
        return Tensor([columns, rows], (0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] })
    }

    @Test(arguments: [(1, 1, 1), (1, 37, 70), (2, 8, 16), (7, 5, 33), (19, 400, 10), (33, 129, 64), (50, 17, 100)])
    func agreesWithPlainSumsInEveryLayout(m: Int, k: Int, n: Int) throws {
        let (x, y) = (sample([m, k]), sample([k, n], scale: 3))
        let (left, right) = (x.values.map(Double.init), y.values.map(Double.init))
        var exact = [Double](repeating: 0, count: m * n)
        for row in 0..<m {
            for i in 0..<k {
                for column in 0..<n { exact[row * n + column] += left[row * k + i] * right[i * n + column] }
            }
        }
        for (turned, transposed) in [(false, false), (true, false), (false, true), (true, true)] {
            let (x, y) = (turned ? Self.transposed(x) : x, transposed ? Self.transposed(y) : y)
            let single = try Self.product(x, y, m: m, k: k, n: n, transposed, turned: turned)
            for (found, exact) in zip(single.values, exact) { #expect(abs(Double(found) - exact) < 1e-6 * Double(k)) }
            let double = try Self.product(widened(x), widened(y), m: m, k: k, n: n, transposed, turned: turned)
            for (found, exact) in zip(double.scalars(Double.self), exact) {
                #expect(abs(found - exact) < 1e-14 * Double(k))
            }
        }
    }

    @Test(arguments: [1, 2, 5, 8, 17, 19, 60, 130], [1, 8, 31, 32, 64, 100])
    func aRowsResultDoesNotDependOnItsCompanions(m: Int, n: Int) throws {
        for k in [1, 60, 401] {
            let x = sample([m, k])
            let y = sample([k, n], scale: 3)
            for transposed in [false, true] {
                let right = transposed ? Self.transposed(y) : y
                let together = try Self.product(x, right, m: m, k: k, n: n, transposed).values
                let turned = try Self.product(
                    Self.transposed(x), right, m: m, k: k, n: n, transposed, turned: true)
                #expect(turned.values == together)
                for row in [0, m / 2, m - 1] {
                    let alone = try Self.product(
                        x.slice(from: row * k, as: [1, k]), right, m: 1, k: k, n: n, transposed)
                    #expect(alone.values == Array(together[row * n..<(row + 1) * n]))
                }
            }
        }
    }

    @Test func isTheSameOnOneThreadAndOnTwo() throws {
        for (m, k, n) in [(300, 300, 300), (64, 784, 512), (1000, 2000, 10), (7, 3000, 1000)] {
            for turned in [false, true] {
                let (x, y) = (sample(turned ? [k, m] : [m, k]), sample([k, n]))
                let one = try onThreads(1) {
                    try Self.product(x, y, m: m, k: k, n: n, false, turned: turned, .fast).values
                }
                let two = try onThreads(2) {
                    try Self.product(x, y, m: m, k: k, n: n, false, turned: turned, .fast).values
                }
                #expect(one == two)
            }
        }
    }

    @Test func addsTheBiasToTheFinishedSums() throws {
        let (x, y, bias) = (sample([9, 450]), sample([450, 33]), sample([33], scale: 2))
        let plain = try Self.product(x, y, m: 9, k: 450, n: 33, false).values
        let biased = try Self.product(x, y, m: 9, k: 450, n: 33, false, bias: bias).values
        let clipped = try Self.product(x, y, m: 9, k: 450, n: 33, false, bias: bias, activation: .relu).values
        let added = bias.values
        for index in plain.indices {
            #expect(biased[index] == plain[index] + added[index % 33])
            #expect(clipped[index] == max(biased[index], 0))
        }
    }

    @Test func anEmptyInnerAxisLeavesTheBias() throws {
        let none = Tensor([0], [Float]())
        #expect(try Self.product(none, none, m: 2, k: 0, n: 3, false).values == [0, 0, 0, 0, 0, 0])
        #expect(try Self.product(none, none, m: 1, k: 0, n: 2, false, bias: Tensor([2], [1, -2])).values == [1, -2])
        #expect(
            try Self.product(none, none, m: 2, k: 0, n: 1, true, turned: true, bias: Tensor([1], [3])).values == [3, 3])
    }

    @Test(arguments: [0, 1, 2])
    func everyTwinAgrees(level: Int) throws {
        let (x, y) = (sample([37, 70]), sample([70, 45]))
        let best = try Self.product(x, y, m: 37, k: 70, n: 45, false).values
        ck_set_level(Int32(level))
        defer { ck_set_level(ck_level_max()) }
        for turned in [false, true] {
            let found = try Self.product(turned ? Self.transposed(x) : x, y, m: 37, k: 70, n: 45, false, turned: turned)
            for (found, best) in zip(found.values, best) { #expect(abs(found - best) < 1e-5) }
        }
    }
}
