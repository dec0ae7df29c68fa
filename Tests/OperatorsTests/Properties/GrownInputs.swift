import TensorCore
import TestSupport

@testable import Operators

extension OperatorCase {
    /// The inputs with every extent above one a multiple of what it was, so that the largest has about so many elements:
    /// what fitted together still does. The elements repeat, a little smaller each time, so that they stay where the
    /// operator is smooth. Nil where the operator's own numbers hold it to its size.
    func grownInputs(elements: Int) -> [Tensor]? {
        let largest = inputs.max { $0.elementCount < $1.elementCount }
        let axes = largest?.shape.extents.filter { $0 > 1 }.count ?? 0
        guard let largest, axes > 0 else { return nil }
        var factor = 1
        func elementCount(_ factor: Int) -> Int {
            (0..<axes).reduce(largest.elementCount) { count, _ in count.multiplied(by: factor) }
        }
        while elementCount(factor) < elements { factor += 1 }
        while factor > 1 {
            guard let count = elementsOfTrace(factor) else { return nil }
            if count <= 8 * elements { return inputs.map { $0.grown(by: factor) } }
            factor = factor * 2 / 3
        }
        return nil
    }

    /// How many elements all operators of the case make together; nil where it does not take inputs so large.
    private func elementsOfTrace(_ factor: Int) -> Int? {
        let graph = Graph()
        let results = try? graph.asDefault {
            try function(inputs.map { try graph.placeholder(TensorSpec($0.grownShape(by: factor), $0.dtype)) })
        }
        return results.map { results in
            operations(behind: results).flatMap(\.outputSpecs).reduce(0) { $0 + $1.shape.elementCount }
        }
    }
}

extension Tensor {
    fileprivate func grownShape(by factor: Int) -> Shape {
        // A random key has one size.
        dtype == .uint64 ? shape : Shape(shape.extents.map { $0 > 1 ? $0 * factor : $0 })
    }

    fileprivate func grown(by factor: Int) -> Tensor {
        let (grown, count) = (grownShape(by: factor), elementCount)
        guard grown != shape, count > 0 else { return self }
        switch dtype {
        case .float32: return repeated(as: grown) { (element: Float, turn) in element * (1 - 0.001 * Float(turn % 97)) }
        case .int32: return repeated(as: grown) { (element: Int32, _) in element }
        case .bool: return repeated(as: grown) { (element: Bool, _) in element }
        default: return self
        }
    }

    private func repeated<Scalar: TensorScalar>(
        as shape: Shape, _ change: (_ element: Scalar, _ turn: Int) -> Scalar
    ) -> Tensor {
        let elements = scalars(Scalar.self)
        // Some thousand different elements are enough; copies of them fill the rest, at the speed of memory.
        let block = (0..<min(shape.elementCount, 97 * elements.count)).map {
            change(elements[$0 % elements.count], $0 / elements.count)
        }
        return Tensor.filled(TensorSpec(shape, Scalar.dtype)) { (target: UnsafeMutableBufferPointer<Scalar>) in
            block.withUnsafeBufferPointer { source in
                for start in stride(from: 0, to: target.count, by: block.count) {
                    let count = min(block.count, target.count - start)
                    _ = target[start..<start + count].update(fromContentsOf: source[..<count])
                }
            }
        }
    }
}
