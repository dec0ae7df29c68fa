import TensorCore
import TestSupport
import Testing

@testable import Operators

/// No operator goes without the properties: each that the sources declare is applied by a case or by its gradients.
struct OperatorCoverageTests {
    /// What a graph is made of, and what changes something or reads what changes. Graphs, sessions and plans have tests of
    /// their own for these.
    private static let partsOfGraphs: Set<String> = [
        "Placeholder", "Constant", "ReadVariable", "AssignVariable", "RandomKey", "NoOperation",
    ]

    @Test func everyOperatorOfTheSourcesIsApplied() throws {
        let declared = try Self.declaredOperators()
        #expect(declared.count > 150, "\(declared.count) operators were found")
        var applied = Self.partsOfGraphs
        for operation in OperatorCase.all { applied.formUnion(try operation.appliedOperators()) }
        let missing = declared.subtracting(applied).sorted()
        #expect(missing.isEmpty, "no case applies \(missing)")
    }

    @Test func noTwoCasesShareAName() {
        let names = OperatorCase.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    /// The structures below Sources/Operators that conform to a protocol named `…Operator`.
    private static func declaredOperators() throws -> Set<String> {
        var names: Set<String> = []
        for file in try Repository.swiftFiles(below: "Sources/Operators") {
            let code = try Repository.text(file).split(separator: "\n").filter { !$0.hasPrefix("//") }
            for line in code {
                let words = line.split { !($0.isLetter || $0.isNumber) }
                guard let place = words.firstIndex(of: "struct"), words.count > place + 2,
                    line.contains(":"), words[(place + 2)...].contains(where: { $0.hasSuffix("Operator") })
                else { continue }
                names.insert(String(words[place + 1]))
            }
        }
        return names
    }
}

extension OperatorCase {
    /// The types of the operators in the graph of this case, of its gradient, and of the gradient's gradient.
    fileprivate func appliedOperators() throws -> Set<String> {
        var names: Set<String> = []
        for shapes in unknownShapes {
            let graph = Graph()
            let placeholders = try zip(shapes, inputs).map { shape, input in
                try graph.placeholder(TensorSpec(shape, input.dtype))
            }
            var results = try graph.asDefault { try function(placeholders) }
            for operation in operations(behind: results) { names.insert(operation.op.typeName) }
            let orders = !hasGradient ? 0 : hasSecondGradient && shapes.allSatisfy(\.isKnown) ? 2 : 1
            for _ in 0..<orders {
                let floats = results.filter(\.dtype.isFloatingPoint)
                results = try graph.asDefault {
                    try gradients(
                        of: floats, withRespectTo: placeholders,
                        outputGradients: floats.map { try square(identity($0)) }
                    ).compactMap { $0 }
                }
                for operation in operations(behind: results) { names.insert(operation.op.typeName) }
            }
        }
        return names
    }
}

extension Operator {
    /// The name of the type without its parameters.
    fileprivate var typeName: String {
        String(String(describing: Self.self).prefix { $0 != "<" })
    }
}
