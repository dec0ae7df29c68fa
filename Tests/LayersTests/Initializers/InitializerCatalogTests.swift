import Formats
import LayersTestSupport
import TensorCore
import Testing

@testable import Layers

struct InitializerCatalogTests {
    private func value(_ name: String, _ config: JSONValue = [:], _ shape: Shape = [60, 50]) throws -> [Float] {
        let initializer = try InitializerCatalog.make(
            ["class_name": .string(name), "config": config], path: "initializer")
        return try initializer(shape, .float32, RandomStream(key: 3), fullShape: shape).values
    }

    @Test func theNamesOfTensorFlow18HaveItsNumbers() throws {
        let uniform = try value("random_uniform_initializer")
        #expect(uniform.allSatisfy { (0..<1).contains($0) } && (uniform.max() ?? 0) > 0.9)
        #expect(try value("random_uniform").allSatisfy { (-0.05...0.05).contains($0) })
        for (name, deviation) in [("random_normal_initializer", Float(1)), ("random_normal", 0.05)] {
            let numbers = try value(name)
            let spread = (numbers.reduce(0) { $0 + $1 * $1 } / Float(numbers.count)).squareRoot()
            #expect(abs(spread / deviation - 1) < 0.06, "\(name)")
        }
        #expect(try value("truncated_normal_initializer").allSatisfy { abs($0) <= 2 })
        #expect(try value("constant_initializer", ["value": 3], [2]) == [3, 3])
    }

    @Test(arguments: [
        ("GlorotUniform", "glorot_uniform"), ("HeNormal", "he_normal"), ("Orthogonal", "orthogonal_initializer"),
        ("Identity", "identity"), ("Zeros", "zeros_initializer"), ("VarianceScaling", "variance_scaling_initializer"),
    ])
    func namesAreWrittenInEitherWay(one: String, other: String) throws {
        #expect(try value(one) == value(other))
    }

    @Test func aSeedGivesTheSameNumbersWhateverTheVariable() throws {
        let initializer = try InitializerCatalog.make(
            ["class_name": "HeUniform", "config": ["seed": 4]], path: "initializer")
        let values = try [1, 2].map {
            try initializer([3, 3], .float32, RandomStream(key: $0), fullShape: [3, 3]).values
        }
        #expect(values[0] == values[1])
    }

    @Test(arguments: [
        (#""glory""#, "there is no initializer 'glory'"),
        (#"{"class_name": "Zeros", "config": {"value": 1}}"#, "no such setting"),
        (#"{"class_name": "Constant", "config": {"value": "one"}}"#, "must be a number"),
        ("3", "must be a name or an object"),
    ])
    func saysWhatIsWrong(json: String, phrase: String) throws {
        let json = try JSONValue(parsing: json)
        #expect(performing: { try InitializerCatalog.make(json, path: "x") }, throws: { "\($0)".contains(phrase) })
    }

    @Test func shapesThatCannotBeAreRefused() {
        #expect(performing: { try value("orthogonal", [:], [3]) }, throws: key(.value, "at least two-dimensional"))
        #expect(performing: { try value("identity", [:], [2, 2, 2]) }, throws: key(.value, "2D matrices"))
    }
}
