import Operators
import TensorCore

/// What one small eager operator costs beyond its arithmetic.
enum EagerOverhead {
    static func rows() throws -> [Row] {
        let x = Tensor([4], [1, 2, 3, 4])
        let y = Tensor([4], [5, 6, 7, 8])
        func nanoseconds(_ name: String, limit: Double? = nil, _ body: @escaping () throws -> Void) throws -> Row {
            Row(
                name: name, value: try Measurement.secondsPerCall(clock: .thread, body) * 1e9, unit: "ns",
                reference: limit.map { ("limit", $0) })
        }
        var rows: [Row] = []
        rows.append(try nanoseconds("add of 4 floats", limit: 100) { _ = try x + y })
        rows.append(try nanoseconds("relu of 4 floats") { _ = try relu(x) })
        let matrix = Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
        rows.append(try nanoseconds("bias add [2, 4] + [4]") { _ = try matrix + y })
        rows.append(try nanoseconds("sum of 4 floats") { _ = try sum(x) })
        rows.append(try nanoseconds("reshape [4] to [2, 2]") { _ = try reshape(x, [2, 2]) })
        try Context().bind {
            rows.append(try nanoseconds("add of 4 floats, a context bound") { _ = try x + y })
        }
        // A fresh tape for every thousand operators, as a training step has one.
        let calls = 1000
        let taped = try Measurement.secondsPerCall(clock: .thread) {
            let tape = GradientTape()
            tape.watch(x)
            try tape.record { for _ in 0..<calls { _ = try x + y } }
        }
        rows.append(
            Row(
                name: "add of 4 floats, taped", value: taped / Double(calls) * 1e9, unit: "ns",
                reference: ("limit", 200)))
        let backward = try Measurement.secondsPerCall(clock: .thread) {
            let tape = GradientTape()
            tape.watch(x)
            let end = try tape.record { () throws -> Tensor in
                var sum = x
                for _ in 0..<calls { sum = try sum + y }
                return sum
            }
            _ = try tape.gradient(of: end, withRespectTo: x)
        }
        rows.append(
            Row(
                name: "add of 4 floats, taped and differentiated", value: backward / Double(calls) * 1e9, unit: "ns"))
        return rows
    }
}
