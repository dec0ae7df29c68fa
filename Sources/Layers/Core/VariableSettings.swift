import Operators
import TensorCore

/// How one variable of a layer begins, what its size costs, and where it must stay.
struct VariableSettings {
    var initializer: (any Initializer)?
    var regularizer: (any Regularizer)?
    var constraint: (any Constraint)?

    init(
        _ initializer: (any Initializer)? = nil, _ regularizer: (any Regularizer)? = nil,
        _ constraint: (any Constraint)? = nil
    ) {
        self.initializer = initializer
        self.regularizer = regularizer
        self.constraint = constraint
    }
}

extension LayerConfiguration {
    /// `kernel_initializer`, `kernel_regularizer` and `kernel_constraint` for "kernel".
    func variable(_ name: String, _ initializer: (any Initializer)? = nil) throws -> VariableSettings {
        VariableSettings(
            try self.initializer(name + "_initializer") ?? initializer, try regularizer(name + "_regularizer"),
            try constraint(name + "_constraint"))
    }
}

extension LayerSettings {
    /// `kernel_initializer`, `kernel_regularizer` and `kernel_constraint` for "kernel".
    mutating func set(_ name: String, _ variable: VariableSettings) {
        set(name + "_initializer", variable.initializer)
        set(name + "_regularizer", variable.regularizer)
        set(name + "_constraint", variable.constraint)
    }
}

extension Layer {
    /// Makes a variable as its settings say.
    final func addVariable(_ name: String, _ shape: Shape, _ settings: VariableSettings) throws -> Variable {
        try addVariable(
            name, shape, dtype: floatingDType, initializer: settings.initializer, regularizer: settings.regularizer,
            constraint: settings.constraint)
    }

    /// The dtype of variables that hold weights, also where the first input was of whole numbers.
    final var floatingDType: DType {
        guard let dtype, dtype.isFloatingPoint else { return .float32 }
        return dtype
    }
}
