import CKernels

/// One step of an optimizer, element by element, for each dtype that it takes: out of place, in one pass over a variable,
/// its gradient and its slots.
public struct UpdateKernel: Sendable {
    /// The numbers of the rule as its loop in CKernels wants them: first the share of the variable that decays.
    public typealias Numbers = SIMD8<Double>

    let choice: @Sendable @convention(c) (Int32) -> ck_update_loop?
    /// How many slots it keeps beside the variable.
    public let slotCount: Int

    init(_ choice: @escaping @Sendable @convention(c) (Int32) -> ck_update_loop?, slots: Int) {
        self.choice = choice
        slotCount = slots
    }

    public func takes(_ dtype: DType) -> Bool { choice(Int32(dtype.rawValue)) != nil }

    /// How much longer an element takes than in the cheapest loop: it goes through memory some four times as often.
    private static let cost = 4

    /// Updates several variables, cut into shares over all of them together.
    ///
    /// - Parameters:
    ///   - counts: the elements of each variable.
    ///   - inputs: for each variable its value, its gradient and its slots.
    ///   - outputs: for each variable the memory of its new value and of its new slots.
    public func run(
        _ dtype: DType, _ counts: UnsafeBufferPointer<Int>, _ inputs: UnsafeBufferPointer<UnsafeRawPointer?>,
        into outputs: UnsafeBufferPointer<UnsafeMutableRawPointer?>, _ numbers: Numbers
    ) {
        guard let loop = choice(Int32(dtype.rawValue)) else { preconditionFailure("no loop for \(dtype)") }
        precondition(inputs.count == counts.count * (slotCount + 2) && outputs.count == counts.count * (slotCount + 1))
        guard let source = inputs.baseAddress, let target = outputs.baseAddress else { return }
        withUnsafeBytes(of: numbers) { bytes in
            guard let numbers = bytes.baseAddress?.assumingMemoryBound(to: Double.self) else { return }
            Kernels.shareOut(counts.reduce(0, +), cost: UpdateKernel.cost) { share in
                var first = 0
                for (variable, count) in counts.enumerated() {
                    let part = share.clamped(to: first..<first + count)
                    if !part.isEmpty {
                        loop(
                            source + variable * (slotCount + 2), target + variable * (slotCount + 1),
                            part.lowerBound - first, part.count, numbers)
                    }
                    first += count
                }
            }
        }
    }
}

// The loops of CKernels under their names, with the slots of each.
extension UpdateKernel {
    public static var gradientDescent: UpdateKernel { UpdateKernel(ck_update_gradient_descent, slots: 0) }
    public static var momentum: UpdateKernel { UpdateKernel(ck_update_momentum, slots: 1) }
    public static var momentumNesterov: UpdateKernel { UpdateKernel(ck_update_momentum_nesterov, slots: 1) }
    public static var velocity: UpdateKernel { UpdateKernel(ck_update_velocity, slots: 1) }
    public static var velocityNesterov: UpdateKernel { UpdateKernel(ck_update_velocity_nesterov, slots: 1) }
    public static var adam: UpdateKernel { UpdateKernel(ck_update_adam, slots: 2) }
    public static var adamGreatest: UpdateKernel { UpdateKernel(ck_update_adam_greatest, slots: 3) }
    public static var nadam: UpdateKernel { UpdateKernel(ck_update_nadam, slots: 2) }
    public static var adamax: UpdateKernel { UpdateKernel(ck_update_adamax, slots: 2) }
    public static var lion: UpdateKernel { UpdateKernel(ck_update_lion, slots: 1) }
    public static var adagrad: UpdateKernel { UpdateKernel(ck_update_adagrad, slots: 1) }
    public static var adadelta: UpdateKernel { UpdateKernel(ck_update_adadelta, slots: 2) }
    public static var rmsprop: UpdateKernel { UpdateKernel(ck_update_rmsprop, slots: 1) }
    public static var rmspropCentered: UpdateKernel { UpdateKernel(ck_update_rmsprop_centered, slots: 2) }
    public static var rmspropMomentum: UpdateKernel { UpdateKernel(ck_update_rmsprop_momentum, slots: 2) }
    public static var rmspropCenteredMomentum: UpdateKernel {
        UpdateKernel(ck_update_rmsprop_centered_momentum, slots: 3)
    }
    public static var ftrl: UpdateKernel { UpdateKernel(ck_update_ftrl, slots: 2) }
    public static var ftrlPower: UpdateKernel { UpdateKernel(ck_update_ftrl_power, slots: 2) }
    public static var proximalGradientDescent: UpdateKernel {
        UpdateKernel(ck_update_proximal_gradient_descent, slots: 0)
    }
    public static var proximalAdagrad: UpdateKernel { UpdateKernel(ck_update_proximal_adagrad, slots: 1) }
    public static var adagradDA: UpdateKernel { UpdateKernel(ck_update_adagrad_da, slots: 2) }
    public static var average: UpdateKernel { UpdateKernel(ck_update_average, slots: 0) }
}
