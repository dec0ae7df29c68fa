import CKernels

// The loops of CKernels under their names. An operator's file says which one it uses. Computed, because a stored static
// is asked for its initialization at every use.
extension UnaryKernel {
    public static var affine: UnaryKernel { UnaryKernel(ck_affine) }
    public static var divideBy: UnaryKernel { UnaryKernel(ck_divide_by) }
    public static var finiteOrZero: UnaryKernel { UnaryKernel(ck_finite_or_zero) }
    public static var absolute: UnaryKernel { UnaryKernel(ck_abs) }
    public static var sign: UnaryKernel { UnaryKernel(ck_sign) }
    public static var square: UnaryKernel { UnaryKernel(ck_square) }
    public static var reciprocal: UnaryKernel { UnaryKernel(ck_reciprocal) }
    public static var squareRoot: UnaryKernel { UnaryKernel(ck_sqrt) }
    public static var reciprocalSquareRoot: UnaryKernel { UnaryKernel(ck_rsqrt) }
    public static var exponential: UnaryKernel { UnaryKernel(ck_exp) }
    public static var exponentialMinusOne: UnaryKernel { UnaryKernel(ck_expm1) }
    public static var logarithm: UnaryKernel { UnaryKernel(ck_log) }
    public static var logarithmOfOnePlus: UnaryKernel { UnaryKernel(ck_log1p) }
    public static var sine: UnaryKernel { UnaryKernel(ck_sin) }
    public static var cosine: UnaryKernel { UnaryKernel(ck_cos) }
    public static var tangent: UnaryKernel { UnaryKernel(ck_tan) }
    public static var arcSine: UnaryKernel { UnaryKernel(ck_asin) }
    public static var arcCosine: UnaryKernel { UnaryKernel(ck_acos) }
    public static var arcTangent: UnaryKernel { UnaryKernel(ck_atan) }
    public static var hyperbolicSine: UnaryKernel { UnaryKernel(ck_sinh) }
    public static var hyperbolicCosine: UnaryKernel { UnaryKernel(ck_cosh) }
    public static var areaHyperbolicSine: UnaryKernel { UnaryKernel(ck_asinh) }
    public static var areaHyperbolicCosine: UnaryKernel { UnaryKernel(ck_acosh) }
    public static var areaHyperbolicTangent: UnaryKernel { UnaryKernel(ck_atanh) }
    public static var powerOf: UnaryKernel { UnaryKernel(ck_power_of) }
    public static var floor: UnaryKernel { UnaryKernel(ck_floor) }
    public static var ceil: UnaryKernel { UnaryKernel(ck_ceil) }
    public static var round: UnaryKernel { UnaryKernel(ck_round) }
    public static var clip: UnaryKernel { UnaryKernel(ck_clip) }
    public static var erf: UnaryKernel { UnaryKernel(ck_erf) }
    public static var isNaN: UnaryKernel { UnaryKernel(ck_is_nan) }
    public static var isInfinite: UnaryKernel { UnaryKernel(ck_is_infinite) }
    public static var isFinite: UnaryKernel { UnaryKernel(ck_is_finite) }
    public static var logicalNot: UnaryKernel { UnaryKernel(ck_logical_not) }
    public static var tanh: UnaryKernel { UnaryKernel(ck_tanh) }
    public static var sigmoid: UnaryKernel { UnaryKernel(ck_sigmoid) }
    public static var logSigmoid: UnaryKernel { UnaryKernel(ck_log_sigmoid) }
    public static var softplus: UnaryKernel { UnaryKernel(ck_softplus) }
    public static var softsign: UnaryKernel { UnaryKernel(ck_softsign) }
    public static var relu: UnaryKernel { UnaryKernel(ck_relu) }
    public static var relu6: UnaryKernel { UnaryKernel(ck_relu6) }
    public static var leakyRelu: UnaryKernel { UnaryKernel(ck_leaky_relu) }
    public static var threshold: UnaryKernel { UnaryKernel(ck_threshold) }
    public static var elu: UnaryKernel { UnaryKernel(ck_elu) }
    public static var selu: UnaryKernel { UnaryKernel(ck_selu) }
    public static var swish: UnaryKernel { UnaryKernel(ck_swish) }
    public static var hardSigmoid: UnaryKernel { UnaryKernel(ck_hard_sigmoid) }
    public static var gelu: UnaryKernel { UnaryKernel(ck_gelu) }
    public static var geluTanh: UnaryKernel { UnaryKernel(ck_gelu_tanh) }
    public static var mish: UnaryKernel { UnaryKernel(ck_mish) }
}

extension BinaryKernel {
    public static var add: BinaryKernel { BinaryKernel(ck_add) }
    public static var subtract: BinaryKernel { BinaryKernel(ck_subtract) }
    public static var multiply: BinaryKernel { BinaryKernel(ck_multiply) }
    public static var divide: BinaryKernel { BinaryKernel(ck_divide) }
    public static var divideNoNaN: BinaryKernel { BinaryKernel(ck_divide_no_nan) }
    public static var floorDivide: BinaryKernel { BinaryKernel(ck_floor_divide) }
    public static var mod: BinaryKernel { BinaryKernel(ck_mod) }
    public static var truncateMod: BinaryKernel { BinaryKernel(ck_truncate_mod) }
    public static var power: BinaryKernel { BinaryKernel(ck_to_power) }
    public static var arcTangent2: BinaryKernel { BinaryKernel(ck_atan2) }
    public static var squaredDifference: BinaryKernel { BinaryKernel(ck_squared_difference) }
    public static var maximum: BinaryKernel { BinaryKernel(ck_maximum) }
    public static var minimum: BinaryKernel { BinaryKernel(ck_minimum) }
    public static var equal: BinaryKernel { BinaryKernel(ck_equal) }
    public static var notEqual: BinaryKernel { BinaryKernel(ck_not_equal) }
    public static var less: BinaryKernel { BinaryKernel(ck_less) }
    public static var lessEqual: BinaryKernel { BinaryKernel(ck_less_equal) }
    public static var logicalAnd: BinaryKernel { BinaryKernel(ck_logical_and) }
    public static var logicalOr: BinaryKernel { BinaryKernel(ck_logical_or) }
    public static var logicalXor: BinaryKernel { BinaryKernel(ck_logical_xor) }
    public static var clipGradient: BinaryKernel { BinaryKernel(ck_clip_gradient) }
    public static var reluGradient: BinaryKernel { BinaryKernel(ck_relu_gradient) }
    public static var relu6Gradient: BinaryKernel { BinaryKernel(ck_relu6_gradient) }
    public static var eluGradient: BinaryKernel { BinaryKernel(ck_elu_gradient) }
    public static var seluGradient: BinaryKernel { BinaryKernel(ck_selu_gradient) }
    public static var tanhGradient: BinaryKernel { BinaryKernel(ck_tanh_gradient) }
    public static var sigmoidGradient: BinaryKernel { BinaryKernel(ck_sigmoid_gradient) }
    public static var leakyReluGradient: BinaryKernel { BinaryKernel(ck_leaky_relu_gradient) }
    public static var thresholdGradient: BinaryKernel { BinaryKernel(ck_threshold_gradient) }
    public static var softsignGradient: BinaryKernel { BinaryKernel(ck_softsign_gradient) }
    public static var softplusGradient: BinaryKernel { BinaryKernel(ck_softplus_gradient) }
    public static var logSigmoidGradient: BinaryKernel { BinaryKernel(ck_log_sigmoid_gradient) }
    public static var swishGradient: BinaryKernel { BinaryKernel(ck_swish_gradient) }
    public static var hardSigmoidGradient: BinaryKernel { BinaryKernel(ck_hard_sigmoid_gradient) }
    public static var geluGradient: BinaryKernel { BinaryKernel(ck_gelu_gradient) }
    public static var geluTanhGradient: BinaryKernel { BinaryKernel(ck_gelu_tanh_gradient) }
    public static var mishGradient: BinaryKernel { BinaryKernel(ck_mish_gradient) }
}
