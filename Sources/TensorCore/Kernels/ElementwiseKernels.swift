import CKernels

// The loops of CKernels under their names. An operator's file says which one it uses.
extension UnaryKernel {
    public static let affine = UnaryKernel(ck_affine)
    public static let square = UnaryKernel(ck_square)
    public static let squareRoot = UnaryKernel(ck_sqrt)
    public static let exponential = UnaryKernel(ck_exp)
    public static let logarithm = UnaryKernel(ck_log)
    public static let tanh = UnaryKernel(ck_tanh)
    public static let sigmoid = UnaryKernel(ck_sigmoid)
    public static let softplus = UnaryKernel(ck_softplus)
    public static let softsign = UnaryKernel(ck_softsign)
    public static let relu = UnaryKernel(ck_relu)
    public static let relu6 = UnaryKernel(ck_relu6)
    public static let leakyRelu = UnaryKernel(ck_leaky_relu)
    public static let elu = UnaryKernel(ck_elu)
    public static let selu = UnaryKernel(ck_selu)
    public static let swish = UnaryKernel(ck_swish)
    public static let hardSigmoid = UnaryKernel(ck_hard_sigmoid)
    public static let gelu = UnaryKernel(ck_gelu)
    public static let geluTanh = UnaryKernel(ck_gelu_tanh)
    public static let erf = UnaryKernel(ck_erf)
    public static let mish = UnaryKernel(ck_mish)
}

extension BinaryKernel {
    public static let add = BinaryKernel(ck_add)
    public static let subtract = BinaryKernel(ck_subtract)
    public static let multiply = BinaryKernel(ck_multiply)
    public static let divide = BinaryKernel(ck_divide)
    public static let maximum = BinaryKernel(ck_maximum)
    public static let minimum = BinaryKernel(ck_minimum)
    public static let reluGradient = BinaryKernel(ck_relu_gradient)
    public static let tanhGradient = BinaryKernel(ck_tanh_gradient)
    public static let sigmoidGradient = BinaryKernel(ck_sigmoid_gradient)
    public static let hardSigmoidGradient = BinaryKernel(ck_hard_sigmoid_gradient)
}
