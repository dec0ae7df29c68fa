import Formats
import Glibc
import Strata

/// The arrays of a file in Examples/Data.
public struct ExampleData {
    private let arrays: NamedTensors
    private let name: String

    public init(_ name: String) throws {
        let here = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
        let bytes = try LocalFileSystem().contents("\(here)/Data/\(name).npz", bytesMax: 1 << 24)
        arrays = try NPZ.read(ByteRegion(copying: bytes))
        self.name = name
    }

    public func array(_ key: String) throws -> Tensor {
        guard let tensor = arrays[key] else { throw TrainingError(.value, "\(name).npz has no array \(key)") }
        return tensor
    }
}

/// Runs `body` with the first values of variables, dropout and the order of examples following from one seed, so that an
/// example does the same at every run.
public func seeded<Result>(_ seed: UInt64, _ body: () throws -> Result) throws -> Result {
    try Context(names: NameRegistry(seed: seed).names()).with(random: RandomGenerator(seed: seed)).bind(body)
}

/// A share as `98.6 %`.
public func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
}
