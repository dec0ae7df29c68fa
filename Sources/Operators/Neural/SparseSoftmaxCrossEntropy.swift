import Glibc
import TensorCore

/// The cross entropy of each row between the class of a given number and the softmax of scores: `−log softmax(logits)` at the
/// label.
///
/// The hidden output is the softmax, which the gradient needs.
///
/// - Shapes: `logits [..., classes]`, `labels [...]` int32 or int64 → `[...]`.
/// - Throws: `TensorError.indexOutOfRange` for a label that names no class.
/// - Source: tf.nn.sparse_softmax_cross_entropy_with_logits (TensorFlow 1.8).
struct SparseSoftmaxCrossEntropy: Operator {
    let hiddenOutputs = 1

    func outputSpecs(_ inputs: [TensorSpec]) throws(TensorError) -> [TensorSpec] {
        let (logits, labels) = (inputs[0], inputs[1])
        try requireFloats(logits.dtype, operator: name)
        try requireIndices(labels.dtype, operator: name)
        guard logits.rank > 0 else { throw .rankTooSmall(operator: name, minimum: 1, received: logits.shape) }
        guard logits.shape.dropLast().accepts(labels.shape) else {
            throw .shapeMismatch(
                operator: name, left: logits.shape, right: labels.shape,
                rule: "there is one label for each row of scores")
        }
        return [logits.with(logits.shape.dropLast()), logits]
    }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let (logits, labels) = (inputs[0], inputs[1])
        let classes = logits.shape.last ?? 0
        let numbers: Tensor = labels.dtype == .int64 ? labels : try Cast(dtype: .int64).evaluate(labels)
        let places = UnsafeBufferPointer(start: numbers.pointer(to: Int64.self), count: numbers.elementCount)
        for label in places where label < 0 || label >= Int64(classes) {
            throw .indexOutOfRange(operator: name, index: Int(label), limit: classes)
        }
        Kernels.softmaxRows(logits, into: &outputs[1])
        switch logits.dtype {
        case .float64: losses(Double.self, logits, places, outputs, classes)
        default: losses(Float.self, logits, places, outputs, classes)
        }
        withExtendedLifetime((inputs, numbers)) {}
    }

    /// With x* the greatest score of a row and p* its probability, the logarithm of the sum of exponentials is
    /// `x* − ln p*`: no more exponentials are needed, and p* never is too small.
    private func losses<Scalar: BinaryFloatingPoint>(
        _ type: Scalar.Type, _ logits: Tensor, _ labels: UnsafeBufferPointer<Int64>, _ outputs: [TensorBuffer],
        _ classes: Int
    ) {
        let scores = logits.pointer.assumingMemoryBound(to: Scalar.self)
        let probabilities = outputs[1].pointer.assumingMemoryBound(to: Scalar.self)
        let target = outputs[0].pointer.assumingMemoryBound(to: Scalar.self)
        for (row, label) in labels.enumerated() {
            let start = row * classes
            var greatest = start
            for place in start..<start + classes where scores[place] > scores[greatest] { greatest = place }
            let difference = Double(scores[greatest]) - Double(scores[start + Int(label)])
            target[row] = Scalar(difference - Glibc.log(Double(probabilities[greatest])))
        }
    }

    /// `dlogits = dloss · (softmax − 1 at the label)`, and what arrives at the softmax itself.
    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        guard pass.needed[0] else { return [nil, nil] }
        let (logits, labels, probabilities) = (pass.inputs[0], pass.inputs[1], pass.outputs[1])
        var dlogits: Tensor?
        if let dloss = pass.outputGradients[0] {
            dlogits = try apply(
                SparseSoftmaxCrossEntropyGradient(), to: [probabilities, labels, dloss])[0]
        }
        if let dprobabilities = pass.outputGradients[1] {
            let through = try Softmax().gradient(x: logits, y: probabilities, dy: dprobabilities)
            dlogits = if let known = dlogits { try known + through } else { through }
        }
        return [dlogits, nil]
    }
}

/// `dloss · (p − 1 at the label)` in one pass.
///
/// - Shapes: `probabilities [..., classes]`, `labels [...]`, `dloss [...]` → `[..., classes]`.
struct SparseSoftmaxCrossEntropyGradient: Operator {
    func outputSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] { [inputs[0]] }

    func forward(_ inputs: [Tensor], into outputs: inout [TensorBuffer]) throws(TensorError) {
        let classes = inputs[0].shape.last ?? 0
        let numbers: Tensor = inputs[1].dtype == .int64 ? inputs[1] : try Cast(dtype: .int64).evaluate(inputs[1])
        let labels = UnsafeBufferPointer(start: numbers.pointer(to: Int64.self), count: numbers.elementCount)
        switch inputs[0].dtype {
        case .float64: rows(Double.self, inputs, labels, outputs[0], classes)
        default: rows(Float.self, inputs, labels, outputs[0], classes)
        }
        withExtendedLifetime((inputs, numbers)) {}
    }

    private func rows<Scalar: BinaryFloatingPoint>(
        _ type: Scalar.Type, _ inputs: [Tensor], _ labels: UnsafeBufferPointer<Int64>, _ output: TensorBuffer,
        _ classes: Int
    ) {
        let probabilities = inputs[0].pointer.assumingMemoryBound(to: Scalar.self)
        let dloss = inputs[2].pointer.assumingMemoryBound(to: Scalar.self)
        let target = output.pointer.assumingMemoryBound(to: Scalar.self)
        for (row, label) in labels.enumerated() {
            for place in row * classes..<(row + 1) * classes { target[place] = probabilities[place] * dloss[row] }
            // A label out of range was refused on the way forward.
            guard (0..<Int64(classes)).contains(label) else { continue }
            let place = row * classes + Int(label)
            target[place] = (probabilities[place] - 1) * dloss[row]
        }
    }

    func gradients(_ pass: BackwardPass) throws(TensorError) -> [Tensor?] {
        let dz = try pass.gradient(at: 0)
        let (probabilities, labels, dloss) = (pass.inputs[0], pass.inputs[1], pass.inputs[2])
        let column = try expandDimensions(dloss, axes: [-1])
        let picked = try gatherLast(dz, labels)
        return [
            pass.needed[0] ? try dz * column : nil, nil,
            pass.needed[2] ? try sum(dz * probabilities, axis: -1) - picked : nil,
        ]
    }

    /// The element of each row that its label names.
    private func gatherLast(_ x: Tensor, _ labels: Tensor) throws(TensorError) -> Tensor {
        try squeeze(takeAlongAxis(x, expandDimensions(labels, axes: [-1]), axis: -1), axes: [-1])
    }
}

/// The cross entropy of each row; shapes and errors as in ``SparseSoftmaxCrossEntropy``.
public func sparseSoftmaxCrossEntropy(logits: Tensor, labels: Tensor) throws(TensorError) -> Tensor {
    try apply(SparseSoftmaxCrossEntropy(), to: [logits, labels])[0]
}
