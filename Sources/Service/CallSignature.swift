import TensorCore

/// What a model takes and gives, and how it runs that: all that a call needs to know, of one moment.
public final class CallSignature: Sendable {
    /// What a call takes, in order; nil before the model is built.
    public let inputs: [ModelDescription.Port]?
    /// What a call gives, in order; empty before the model is built.
    public let outputs: [ModelDescription.Port]
    /// The names of the outputs.
    public let outputNames: [String]
    /// Who looks at the inputs first, for messages.
    let firstLayerName: String?
    let batching: Batching
    private let plans: [CallPlan]

    /// Plans for this many different input shapes are kept.
    private static let plansMax = 64

    init(
        inputs: [ModelDescription.Port]? = nil, outputs: [ModelDescription.Port] = [], firstLayerName: String? = nil,
        batching: Batching, plans: [CallPlan] = []
    ) {
        self.inputs = inputs
        self.outputs = outputs
        self.firstLayerName = firstLayerName
        self.batching = batching
        self.plans = plans
        outputNames = outputs.map(\.name)
    }

    /// The plan for such inputs, nil before one was traced.
    func plan(for inputs: [Tensor], training: Bool) -> CallPlan? {
        plans.first { $0.key.fits(inputs, training: training, isExact: batching.isExact) }
    }

    func plan(for key: CallPlan.Key) -> CallPlan? { plans.first { $0.key == key } }

    /// The same under other settings.
    func with(_ batching: Batching) -> CallSignature {
        CallSignature(
            inputs: inputs, outputs: outputs, firstLayerName: firstLayerName, batching: batching, plans: plans)
    }

    /// The same with one more plan.
    func adding(_ plan: CallPlan) -> CallSignature {
        CallSignature(
            inputs: inputs, outputs: outputs, firstLayerName: firstLayerName, batching: batching,
            plans: plans.count < CallSignature.plansMax ? plans + [plan] : [plan])
    }

    /// Refuses inputs that cannot fit, in the words of whoever sent them.
    func check(_ given: [Tensor], of model: String) throws(ServiceError) {
        guard let inputs else { return }
        guard given.count == inputs.count else {
            throw .unfit("model '\(model)' takes \(inputs.count) inputs, but \(given.count) came")
        }
        for index in inputs.indices {
            let spec = inputs[index].spec
            guard spec.shape.accepts(given[index].shape) else {
                throw .unfit(
                    "\(inputs[index].name) has shape \(given[index].shape) but \(owner(model)) expects \(spec.shape)")
            }
            guard spec.dtype == given[index].dtype else {
                throw .unfit(
                    "\(inputs[index].name) has dtype \(given[index].dtype) but \(owner(model)) expects \(spec.dtype)")
            }
        }
    }

    private func owner(_ model: String) -> String { firstLayerName.map { "layer '\($0)'" } ?? "model '\(model)'" }
}
