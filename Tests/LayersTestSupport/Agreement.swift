import Layers
import Operators
import TensorCore
import TestSupport

/// Fills all variables with small numbers of both signs.
public func fillUnevenly(_ layer: Layer) throws {
    for variable in layer.variables { try variable.assign(cast(sample(variable.shape), to: variable.dtype)) }
}

/// Whether the elements are the expected numbers but for 10⁻⁶, relative to 1 + |expected|.
public func agree(_ found: Tensor, _ expected: [Double]) -> Bool {
    let numbers = found.dtype == .float64 ? found.scalars(Double.self) : found.values.map(Double.init)
    return numbers.count == expected.count
        && zip(numbers, expected).allSatisfy { Swift.abs($0 - $1) <= 1e-6 * (1 + Swift.abs($1)) }
}
