import Formats
import Operators
import TensorCore
import Training

/// How an optimizer is run: at once, as operations in a session, or as a traced plan. All must give the same.
enum Execution: String, CaseIterable {
    case eager, session, plan
}

/// Variables that an optimizer moves by given gradients.
struct OptimizerTrial {
    let optimizer: Optimizer
    let store = VariableStore()
    let dtype: DType
    let execution: Execution
    let variables: [Variable]
    /// Of each variable its gradients, step by step.
    private let gradients: [(Int) throws -> Gradient]
    let globalStep: Variable?

    init(
        _ item: GoldenCase, _ optimizer: Optimizer, _ dtype: DType, _ execution: Execution, usesGlobalStep: Bool,
        constraint: (@Sendable (Tensor) throws -> Tensor)? = nil
    ) throws {
        self.optimizer = optimizer
        self.dtype = dtype
        self.execution = execution
        var variables: [Variable] = []
        var gradients: [(Int) throws -> Gradient] = []
        for entry in try item.array("variables").map(item.inside) {
            let variable = Variable(
                name: String(try entry.string("name").dropLast(2)),
                initialValue: try cast(entry.tensor("initial"), to: dtype), in: store, constraint: constraint)
            variables.append(variable)
            gradients.append(try OptimizerTrial.gradients(entry, variable))
        }
        self.variables = variables
        self.gradients = gradients
        globalStep =
            usesGlobalStep
            ? Variable(name: "global_step", initialValue: Tensor([], [Int64(0)]), isTrainable: false, in: store) : nil
        try optimizer.build(variables)
    }

    private static func gradients(_ entry: GoldenCase, _ variable: Variable) throws -> (Int) throws -> Gradient {
        if let steps = entry.item["sparse_grads"]?.array {
            let slices = try steps.map(entry.inside).map { step in
                try IndexedSlices(
                    values: cast(step.tensor("values"), to: variable.dtype), indices: step.tensor("indices"),
                    like: variable.value)
            }
            return { .slices(slices[$0]) }
        }
        let all = try cast(entry.tensor("grads"), to: variable.dtype)
        return { step in .dense(all.slice(from: step * variable.spec.elementCount, as: variable.shape)) }
    }

    /// Takes the steps and calls `check` after each, from 1 on.
    func run(steps: Int, _ check: (Int) throws -> Void) throws {
        let step = try stepFunction()
        for index in 0..<steps {
            try step(gradients.map { try $0(index) })
            try check(index + 1)
        }
    }

    private func stepFunction() throws -> ([Gradient]) throws -> Void {
        switch execution {
        case .eager: return { try apply($0) }
        case .session:
            let graph = Graph(store: store)
            let places = try gradients.map { try placeholders($0(0), graph) }
            let done = try graph.asDefault { try optimizer.applyGradients(pairs(places), globalStep: globalStep) }
            let session = Session(graph)
            return { given in
                let feeds = zip(places.flatMap(\.parts), given.flatMap(\.parts)).map { ($0, $1) }
                _ = try session.run(done, feeding: feeds)
            }
        case .plan:
            let first = try gradients.map { try $0(0) }
            let plan = try Plan(tracing: specs(first), in: store) { tensors in
                var rest = tensors[...]
                let given = try zip(first, variables).map { gradient, variable -> Gradient in
                    switch gradient {
                    case .dense: .dense(rest.removeFirst())
                    case .slices:
                        .slices(
                            try IndexedSlices(
                                values: rest.removeFirst(), indices: rest.removeFirst(), like: variable.value))
                    }
                }
                try apply(given)
                return []
            }
            return { given in _ = try plan.update(given.flatMap(\.parts)) }
        }
    }

    private func placeholders(_ gradient: Gradient, _ graph: Graph) throws -> Gradient {
        switch gradient {
        case .dense(let tensor): .dense(try graph.placeholder(tensor.spec))
        case .slices(let slices):
            .slices(
                try IndexedSlices(
                    values: graph.placeholder(open(slices.values.spec)),
                    indices: graph.placeholder(open(slices.indices.spec)),
                    like: Tensor.zeros(slices.denseShape, slices.dtype)))
        }
    }

    private func specs(_ gradients: [Gradient]) -> [TensorSpec] {
        gradients.flatMap { gradient in
            switch gradient {
            case .dense(let tensor): [tensor.spec]
            case .slices(let slices): [open(slices.values.spec), open(slices.indices.spec)]
            }
        }
    }

    /// With any number of rows: slices have not as many at every step.
    private func open(_ spec: TensorSpec) -> TensorSpec { spec.with(spec.shape.replacing(0, with: Shape.unknown)) }

    private func pairs(_ gradients: [Gradient]) -> [(gradient: Gradient?, variable: Variable)] {
        zip(gradients, variables).map { ($0, $1) }
    }

    private func apply(_ gradients: [Gradient]) throws {
        try optimizer.applyGradients(pairs(gradients), globalStep: globalStep)
    }

    /// Compares the variables with row `step - 1` of their trajectories.
    func checkTrajectory(
        _ step: Int, _ trajectories: [Tensor], within tolerance: Double, _ what: String
    ) throws {
        for (variable, trajectory) in zip(variables, trajectories) {
            let expected = trajectory.slice(from: (step - 1) * variable.spec.elementCount, as: variable.shape)
            try expect(
                variable.storedValue, is: expected, within: tolerance, "\(variable.name) after step \(step), \(what),")
        }
    }
}

extension Gradient {
    /// The tensors that it is made of.
    fileprivate var parts: [Tensor] {
        switch self {
        case .dense(let tensor): [tensor]
        case .slices(let slices): [slices.values, slices.indices]
        }
    }
}
