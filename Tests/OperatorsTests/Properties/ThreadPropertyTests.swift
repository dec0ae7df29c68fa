import Operators
import TensorCore
import TestSupport
import Testing

/// The number of threads changes no bit of any result: work is cut by its size alone.
struct ThreadPropertyTests {
    @Test func everyOperatorIsTheSameOnOneThreadAndOnTwo() throws {
        var held: [String] = []
        var ran = 0
        // Of each kind enough for its cheapest loop to be shared out.
        let sizes: [([OperatorCase], Int)] = [
            (OperatorCase.light, 1 << 20), (OperatorCase.arranging, 1 << 17), (OperatorCase.windows, 1 << 14),
            (OperatorCase.recurrences, 1 << 16),
        ]
        for (operation, elements) in sizes.flatMap({ cases, elements in cases.map { ($0, elements) } }) {
            guard let inputs = operation.grownInputs(elements: elements) else {
                held.append(operation.name)
                continue
            }
            ran += 1
            let one = try onThreads(1) { try results(of: operation, inputs) }
            let two = try onThreads(2) { try results(of: operation, inputs) }
            #expect(one.count == two.count)
            #expect(zip(one, two).allSatisfy(isSameMemory), "\(operation.name)")
        }
        #expect(ran > 200 && held.count < 40, "held to their size: \(held)")
    }

    private func results(of operation: OperatorCase, _ inputs: [Tensor]) throws -> [Tensor] {
        let tape = GradientTape()
        tape.watch(inputs)
        let outputs = try tape.record { try operation.function(inputs) }
        return try outputs + tape.gradient(of: outputs, withRespectTo: inputs).compactMap { $0 }
    }
}
