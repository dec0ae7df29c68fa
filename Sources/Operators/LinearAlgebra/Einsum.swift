import TensorCore

/// Sums of products by the names of their axes, after Einstein: `einsum("bij,bjk->bik", x, y)`.
///
/// An axis that the output does not name is summed over; one that an operand names twice is its diagonal. Without `->` the
/// output has all names that occur once, in alphabetical order. `...` stands for further axes, which are stretched over
/// each other. Two operands at a time become one matrix product.
///
/// - Throws: `TensorError.invalidArgument` for an equation that does not fit its operands, `.shapeMismatch` for a name
///   with two extents, `.symbolic` where unknown extents would have to be multiplied.
/// - Source: tf.einsum (TensorFlow 1.8), with ellipses as in NumPy.
public func einsum(_ equation: String, _ operands: Tensor...) throws(TensorError) -> Tensor {
    try einsum(equation, operands)
}

/// The same for operands in an array.
public func einsum(_ equation: String, _ operands: [Tensor]) throws(TensorError) -> Tensor {
    let parsed = try EinsumEquation(equation, operands)
    var terms: [EinsumTerm] = []
    for (tensor, names) in zip(operands, parsed.inputs) { terms.append(try EinsumTerm(tensor, names)) }
    while terms.count > 1 {
        let (left, right) = (terms.removeFirst(), terms.removeFirst())
        let wanted = Set(parsed.output + terms.flatMap(\.names))
        terms.insert(try left.multiplied(by: right, keeping: wanted, output: parsed.output), at: 0)
    }
    return try terms[0].summed(keeping: Set(parsed.output)).arranged(parsed.output).tensor
}

/// Names of axes: letters, and numbers for those of an ellipsis, counted from the last.
private enum AxisName: Hashable {
    case letter(Character)
    case ellipsis(Int)
}

private struct EinsumEquation {
    let inputs: [[AxisName]]
    let output: [AxisName]

    init(_ equation: String, _ operands: [Tensor]) throws(TensorError) {
        func refuse(_ message: String) -> TensorError { .invalidArgument(operator: "einsum", message: message) }
        // "->" splits at most once, and every "," starts another operand.
        let text = equation.filter { $0 != " " }
        var sides = text.split(separator: ">", omittingEmptySubsequences: false)
        if sides.count > 1 {
            guard sides.count == 2, sides[0].hasSuffix("-") else { throw refuse("\(equation) is no equation") }
            sides[0] = sides[0].dropLast()
        }
        let subscripts = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        guard subscripts.count == operands.count else {
            throw refuse("\(equation) has \(subscripts.count) operands, not \(operands.count)")
        }
        var inputs: [[AxisName]] = []
        for (part, tensor) in zip(subscripts, operands) {
            let letters = part.filter { $0 != "." }.count
            let extra = tensor.rank - letters
            let hasEllipsis = part.contains(".")
            guard extra >= 0, hasEllipsis || extra == 0 else {
                throw refuse("\(part) does not name the \(tensor.rank) axes of \(tensor.shape)")
            }
            guard let names = EinsumEquation.names(part, ellipsis: extra) else {
                throw refuse("\(part) is not made of letters and one ellipsis")
            }
            inputs.append(names)
        }
        self.inputs = inputs
        let known = inputs.flatMap { $0 }
        let extra = inputs.map { $0.count { if case .ellipsis = $0 { true } else { false } } }.max() ?? 0
        if sides.count == 2 {
            guard let names = EinsumEquation.names(sides[1], ellipsis: sides[1].contains(".") ? extra : 0),
                Set(names).count == names.count, Set(names).isSubset(of: known)
            else { throw refuse("the output \(sides[1]) does not name axes of the operands once each") }
            output = names
        } else {
            let once = Set(known).filter { name in known.count { $0 == name } == 1 }
            let letters = once.compactMap { if case .letter(let letter) = $0 { letter } else { nil } }.sorted()
            output = (0..<extra).reversed().map { .ellipsis($0) } + letters.map { .letter($0) }
        }
    }

    private static func names(_ text: Substring, ellipsis count: Int) -> [AxisName]? {
        var names: [AxisName] = []
        var rest = text
        var hasEllipsis = false
        while let next = rest.popFirst() {
            if next == "." {
                guard !hasEllipsis, rest.hasPrefix("..") else { return nil }
                rest = rest.dropFirst(2)
                hasEllipsis = true
                names += (0..<count).reversed().map { .ellipsis($0) }
            } else {
                guard next.isASCII, next.isLetter else { return nil }
                names.append(.letter(next))
            }
        }
        return names
    }
}

/// A tensor whose axes have names, each once.
private struct EinsumTerm {
    let tensor: Tensor
    let names: [AxisName]

    private init(named names: [AxisName], _ tensor: Tensor) {
        self.tensor = tensor
        self.names = names
    }

    /// Names that occur twice become diagonals.
    init(_ tensor: Tensor, _ names: [AxisName]) throws(TensorError) {
        var tensor = tensor
        var names = names
        while let second = names.indices.last(where: { names.firstIndex(of: names[$0]) != $0 }),
            let first = names.firstIndex(of: names[second])
        {
            guard tensor.shape[first] == tensor.shape[second] || tensor.shape[first] < 0 || tensor.shape[second] < 0
            else {
                throw .shapeMismatch(
                    operator: "einsum", left: tensor.shape[first..<first + 1], right: tensor.shape[second..<second + 1],
                    rule: "axes of one name have one extent")
            }
            let others = names.indices.filter { $0 != first && $0 != second }
            tensor = try diagonalPart(transpose(tensor, others + [first, second]))
            names = others.map { names[$0] } + [names[first]]
        }
        self.init(named: names, tensor)
    }

    private func extent(_ name: AxisName) -> Int { names.firstIndex(of: name).map { tensor.shape[$0] } ?? 1 }

    func summed(keeping wanted: Set<AxisName>) throws(TensorError) -> EinsumTerm {
        let axes = names.indices.filter { !wanted.contains(names[$0]) }
        guard !axes.isEmpty else { return self }
        return EinsumTerm(named: names.filter(wanted.contains), try sum(tensor, axes: axes))
    }

    /// The axes in another order.
    func arranged(_ order: [AxisName]) throws(TensorError) -> EinsumTerm {
        guard order != names else { return self }
        return EinsumTerm(
            named: order, try transpose(tensor, order.compactMap { names.firstIndex(of: $0) }))
    }

    /// Without the axes of extent 1 that another term has larger: they are only stretched.
    private func unstretched(_ other: EinsumTerm) throws(TensorError) -> EinsumTerm {
        let axes = names.indices.filter { axis in
            guard case .ellipsis = names[axis], tensor.shape[axis] == 1 else { return false }
            return other.names.contains(names[axis]) && other.extent(names[axis]) != 1
        }
        guard !axes.isEmpty else { return self }
        return EinsumTerm(
            named: names.indices.filter { !axes.contains($0) }.map { names[$0] }, try squeeze(tensor, axes: axes))
    }

    func multiplied(
        by right: EinsumTerm, keeping wanted: Set<AxisName>, output: [AxisName]
    ) throws(TensorError) -> EinsumTerm {
        let a = try unstretched(right).summed(keeping: wanted.union(right.names))
        let b = try right.unstretched(self).summed(keeping: wanted.union(a.names))
        let shared = a.names.filter { b.names.contains($0) }
        for name in shared where a.extent(name) != b.extent(name) && a.extent(name) >= 0 && b.extent(name) >= 0 {
            throw .shapeMismatch(
                operator: "einsum", left: a.tensor.shape, right: b.tensor.shape,
                rule: "axes of one name have one extent"
            )
        }
        let batch = shared.filter(wanted.contains)
        let contracted = shared.filter { !wanted.contains($0) }
        let rows = a.names.filter { !shared.contains($0) }
        let columns = b.names.filter { !shared.contains($0) }
        let result = batch + rows + columns
        guard !contracted.isEmpty else {
            // Nothing to sum: an outer product, with axes of one where the other side has its own.
            let left = try a.arranged(batch + rows).tensor
            let right = try b.arranged(batch + columns).tensor
            let places = batch.count + rows.count
            return EinsumTerm(
                named: result,
                try expandDimensions(left, axes: Array(places..<places + columns.count))
                    * expandDimensions(right, axes: Array(batch.count..<places)))
        }
        let left = try a.arranged(batch + rows + contracted).merged(batch.count, rows.count, contracted.count)
        let right = try b.arranged(batch + contracted + columns).merged(batch.count, contracted.count, columns.count)
        let product = try matmul(left, right)
        let extents = batch.map { a.known($0, b) } + rows.map(a.extent) + columns.map(b.extent)
        return EinsumTerm(named: result, try restored(product, extents, batch.count, rows.count, columns.count))
    }

    private func known(_ name: AxisName, _ other: EinsumTerm) -> Int {
        extent(name) < 0 ? other.extent(name) : extent(name)
    }

    /// The axes after the batch made two, of as many axes each.
    private func merged(_ batch: Int, _ first: Int, _ second: Int) throws(TensorError) -> Tensor {
        guard first != 1 || second != 1 else { return tensor }
        let shape = tensor.shape
        return try reshapedOpen(
            tensor,
            shape[0..<batch].extents + [
                product(shape[batch..<batch + first]), product(shape[batch + first..<shape.rank]),
            ])
    }

    private func restored(
        _ product: Tensor, _ extents: [Int], _ batch: Int, _ rows: Int, _ columns: Int
    ) throws(TensorError) -> Tensor {
        rows == 1 && columns == 1 ? product : try reshapedOpen(product, extents)
    }

    private func product(_ shape: Shape) -> Int { shape.isKnown ? shape.elementCount : Shape.unknown }
}

/// `x` under extents of which one may be unknown.
private func reshapedOpen(_ x: Tensor, _ extents: [Int]) throws(TensorError) -> Tensor {
    guard extents.count(where: { $0 < 0 }) <= 1 else { throw .symbolic(operator: "einsum over unknown extents") }
    return try reshape(x, extents.map { $0 < 0 ? -1 : $0 })
}
