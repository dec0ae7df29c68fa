import Operators
import TensorCore

/// A variable that is about to be updated.
struct UpdateTarget {
    let variable: Variable
    let value: Tensor
    let gradient: Gradient
    let slots: [Variable]
    let slotValues: [Tensor]
    /// By which share of itself, times the learning rate, it shrinks beforehand.
    let decay: Double
}

extension UpdateRule {
    /// Updates all targets: those of an elementwise rule together, others one by one.
    func update(_ targets: [UpdateTarget], _ moment: Moment) throws -> [(variable: Tensor, slots: [Tensor])] {
        var results: [(variable: Tensor, slots: [Tensor])?] = Array(repeating: nil, count: targets.count)
        var together: [Kind: [Int]] = [:]
        for (index, target) in targets.enumerated() {
            switch (target.gradient, sparseTreatment) {
            case (.slices(let slices), .rows): results[index] = try updateRows(of: target, slices, moment)
            case _ where self is any ElementwiseRule:
                together[Kind(dtype: target.variable.dtype, decay: target.decay), default: []].append(index)
            default:
                results[index] = try update(
                    decayed(target, moment), gradient: target.gradient.dense, slots: target.slotValues, moment: moment)
            }
        }
        if let rule = self as? any ElementwiseRule {
            // In the order of the first variable of each kind, so that a traced program is always the same.
            for (kind, places) in together.sorted(by: { $0.value[0] < $1.value[0] }) {
                let variables = try places.map { place in
                    (targets[place].value, try targets[place].gradient.dense, targets[place].slotValues)
                }
                let updated = try rule.update(variables, moment: moment, decay: kind.decay)
                for (place, result) in zip(places, updated) { results[place] = result }
            }
        }
        return results.compactMap { $0 }
    }

    /// Only the rows that have a gradient move, and their slots; the sum of its values is the gradient of a row.
    private func updateRows(
        of target: UpdateTarget, _ slices: IndexedSlices, _ moment: Moment
    ) throws -> (variable: Tensor, slots: [Tensor]) {
        let value = try decayed(target, moment)
        let (totals, indices) = try slices.totals()
        let rows = try update(
            gather(value, indices), gradient: totals, slots: target.slotValues.map { try gather($0, indices) },
            moment: moment)
        return (
            try scatterUpdate(value, indices, rows.variable),
            try zip(target.slotValues, rows.slots).map { try scatterUpdate($0, indices, $1) }
        )
    }

    private func decayed(_ target: UpdateTarget, _ moment: Moment) throws -> Tensor {
        guard target.decay != 0 else { return target.value }
        let rate = try cast(moment.learningRate, to: target.value.dtype)
        return try target.value - target.value * (rate * target.decay)
    }
}

/// What variables have in common that are updated together.
private struct Kind: Hashable {
    let dtype: DType
    let decay: Double
}
