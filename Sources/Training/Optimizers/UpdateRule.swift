import Operators
import TensorCore

/// What one optimizer does to a variable, given its gradient.
///
/// A rule has no state: what it remembers of a variable is in the variable's slots, what it remembers once is in its
/// scalars, and an ``Optimizer`` keeps both. A rule is written in tensors, so that it runs eagerly, in a graph and in a plan
/// alike. Those that treat every element by itself conform to ``ElementwiseRule``, which is one pass through memory.
public protocol UpdateRule: Sendable {
    /// What slots are called after: `Adam` gives `net/dense/kernel/Adam` and `net/dense/kernel/Adam_1`.
    var name: String { get }

    /// The learning rate of an optimizer that was given none.
    var defaultLearningRate: Double { get }

    /// What it remembers of a variable of this kind, in the order of TensorFlow's names.
    func slots(of variable: TensorSpec) -> [SlotDeclaration]

    /// What it remembers once for all variables, at most four numbers.
    var scalars: [ScalarDeclaration] { get }

    /// Whether the updates are counted in a scalar of their own, `iteration`, as Keras does. The moment's step is then that
    /// count, else the global step.
    var countsIterations: Bool { get }

    /// Whether the number of steps so far matters to an update.
    var usesStep: Bool { get }

    /// What becomes of a gradient of which only rows are known.
    var sparseTreatment: SparseTreatment { get }

    /// The new value and the new slots.
    func update(
        _ variable: Tensor, gradient: Tensor, slots: [Tensor], moment: Moment
    ) throws -> (variable: Tensor, slots: [Tensor])

    /// The scalars after a step, in their order; unused places do not matter.
    func advance(_ scalars: SIMD4<Double>, step: Int64) -> SIMD4<Double>
}

extension UpdateRule {
    public var defaultLearningRate: Double { 0.01 }
    public func slots(of variable: TensorSpec) -> [SlotDeclaration] { [] }
    public var scalars: [ScalarDeclaration] { [] }
    public var countsIterations: Bool { false }
    public var usesStep: Bool { countsIterations }
    public var sparseTreatment: SparseTreatment { .dense }
    public func advance(_ scalars: SIMD4<Double>, step: Int64) -> SIMD4<Double> { scalars }
}

/// One of the tensors that a rule keeps for a variable.
public struct SlotDeclaration: Sendable {
    /// How it begins.
    public enum Start: Sendable {
        case constant(Double)
        /// As the variable stands.
        case variable
    }

    /// What ``Optimizer/slot(_:of:)`` calls it.
    public let name: String
    public let start: Start
    /// Its shape; nil for the variable's.
    public let shape: Shape?

    public init(_ name: String, _ start: Start = .constant(0), shape: Shape? = nil) {
        self.name = name
        self.start = start
        self.shape = shape
    }
}

/// One of the numbers that a rule keeps for all variables.
public struct ScalarDeclaration: Sendable {
    /// Its name in checkpoints, such as `beta1_power`.
    public let name: String
    public let start: Double
    /// Nil for that of the first variable.
    public let dtype: DType?

    public init(_ name: String, _ start: Double, _ dtype: DType? = .float32) {
        self.name = name
        self.start = start
        self.dtype = dtype
    }
}

/// What a rule does with a gradient of which only rows are known.
public enum SparseTreatment: Sendable {
    /// Only these rows of the variable and its slots move.
    case rows
    /// It counts as zero in all other rows.
    case dense
}

/// What a step depends on beside gradients: scalars as tensors, so that a traced step serves all moments.
public struct Moment: Sendable {
    /// float32, `[]`.
    public let learningRate: Tensor
    /// How many updates came before this one, int64, `[]`.
    public let step: Tensor
    /// The rule's scalars, `[]` each.
    public let scalars: [Tensor]

    public init(learningRate: Tensor, step: Tensor, scalars: [Tensor] = []) {
        self.learningRate = learningRate
        self.step = step
        self.scalars = scalars
    }
}
