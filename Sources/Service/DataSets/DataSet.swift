import Formats
import Operators
import TensorCore
import Training

/// The arrays of a data set under their names.
struct DataSet: Sendable {
    let id: String
    let arrays: NamedTensors

    /// The examples that a selection takes from it, fitted to a model's inputs and outputs.
    ///
    /// - Throws: `ServiceError.unfit` naming the array that is missing or does not fit.
    func examples(
        _ selection: DataSelection, inputs: [ModelDescription.Port], outputs: [ModelDescription.Port]
    ) throws -> Examples {
        let targetNames = try names(selection.targets, "targets", outputs, else: ["targets", "y", "y_train"]) {
            isTable ? arrays.names.last.map { [$0] } : nil
        }
        let weightNames = try weightNames(selection, outputs)
        let taken = Set((targetNames + weightNames).joined())
        let inputNames = try names(selection.inputs, "inputs", inputs, else: ["inputs", "x", "x_train"]) {
            isTable ? arrays.names.filter { !taken.contains($0) } : nil
        }
        return try Examples(
            inputs: zip(inputNames, inputs).map { try array($0, as: $1.spec.dtype, fitting: $1) },
            targets: zip(targetNames, outputs).map { names, port in
                try array(names, as: port.spec.dtype.isFloatingPoint ? port.spec.dtype : .float32, fitting: nil)
            }, sampleWeights: weightNames.map { try array($0, as: .float32, fitting: nil) })
    }

    /// Whether it is a table of columns, as a CSV file gives.
    private var isTable: Bool { arrays.count > 1 && arrays.pairs.allSatisfy { $0.tensor.rank == 1 } }

    // MARK: Which arrays

    /// The names of the arrays for each port: those chosen, or one of the usual names, or what a table suggests.
    private func names(
        _ chosen: DataSelection.Part?, _ role: String, _ ports: [ModelDescription.Port], else usual: [String],
        _ suggested: () -> [String]?
    ) throws(ServiceError) -> [[String]] {
        if let chosen { return try names(chosen, role, ports) }
        if ports.count == 1 {
            if let name = usual.first(where: { arrays[$0] != nil }) { return [[name]] }
            if let names = suggested() { return [names] }
        } else {
            let named = ports.map { port in ["\(role).\(port.name)", port.name].first { arrays[$0] != nil } }
            if !named.contains(nil) { return named.compactMap { $0.map { [$0] } } }
        }
        let wanted = ports.count == 1 ? usual : ports.map { "\(role).\($0.name)" }
        throw .unfit(
            "data set '\(id)' has no array for \(role), such as \(wanted.joined(separator: ", ")); it has \(arrays.names.joined(separator: ", ")): say which"
        )
    }

    private func names(
        _ chosen: DataSelection.Part, _ role: String, _ ports: [ModelDescription.Port]
    ) throws(ServiceError) -> [[String]] {
        switch chosen {
        case .one(let name):
            guard ports.count == 1 else {
                throw .unfit("data.\(role) names one array, but the model has \(ports.count) \(role)")
            }
            return [[name]]
        case .list(let names):
            // Columns of the one, or an array for each.
            if ports.count == 1 { return [names] }
            guard names.count == ports.count else {
                throw .unfit("data.\(role) names \(names.count) arrays, but the model has \(ports.count) \(role)")
            }
            return names.map { [$0] }
        case .byPort(let names):
            if let unknown = names.keys.sorted().first(where: { name in !ports.contains { $0.name == name } }) {
                let known = ports.map(\.name).joined(separator: ", ")
                throw .unfit("data.\(role) speaks of '\(unknown)', but the model has \(known)")
            }
            var result: [[String]] = []
            for port in ports {
                guard let own = names[port.name] else { throw .unfit("data.\(role) has nothing for '\(port.name)'") }
                result.append(own)
            }
            return result
        }
    }

    private func weightNames(
        _ selection: DataSelection, _ outputs: [ModelDescription.Port]
    ) throws(ServiceError) -> [[String]] {
        switch selection.sampleWeights {
        case .one(let name)?: return [[name]]
        case let chosen?: return try names(chosen, "sample_weight", outputs)
        case nil: return arrays["sample_weight"] == nil ? [] : [["sample_weight"]]
        }
    }

    // MARK: Their values

    /// One array, or columns side by side.
    private func array(_ names: [String], as dtype: DType, fitting port: ModelDescription.Port?) throws -> Tensor {
        var columns: [Tensor] = []
        for name in names {
            guard let tensor = arrays[name] else {
                throw ServiceError.unfit(
                    "data set '\(id)' has no array '\(name)'; it has \(arrays.names.joined(separator: ", "))")
            }
            guard tensor.rank > 0 else {
                throw ServiceError.unfit("array '\(name)' of data set '\(id)' is a scalar: it holds no examples")
            }
            columns.append(tensor.dtype == dtype ? tensor : try cast(tensor, to: dtype))
        }
        guard let first = columns.first else { throw ServiceError.unfit("an empty list names no array") }
        var whole = first
        // A column by itself is a table of one column where the model wants one.
        let isColumn = port.map { $0.spec.rank == 2 && first.rank == 1 } ?? false
        if columns.count > 1 || isColumn { whole = try stack(columns, axis: 1) }
        if let port, !port.spec.shape.accepts(whole.shape) {
            throw ServiceError.unfit(
                "\(port.name) would be \(names.joined(separator: ", ")) of data set '\(id)' with shape \(whole.shape), but the model expects \(port.spec.shape)"
            )
        }
        return whole
    }
}
