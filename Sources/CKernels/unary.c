// Functions of one element.
#include "twins.h"

#define CK_SOURCE "unary.inc"
#define CK_WIDE
#include "twin_loop.h"

#define FLOATS(name)                             \
    case CK_FLOAT32: return CK_PICK_WIDE(ck_level(), name##_f32); \
    case CK_FLOAT64: return CK_PICK_WIDE(ck_level(), name##_f64);

#define WHOLES(name)                             \
    case CK_INT8: return CK_PICK_WIDE(ck_level(), name##_i8);     \
    case CK_INT16: return CK_PICK_WIDE(ck_level(), name##_i16);   \
    case CK_INT32: return CK_PICK_WIDE(ck_level(), name##_i32);   \
    case CK_INT64: return CK_PICK_WIDE(ck_level(), name##_i64);   \
    case CK_UINT8: return CK_PICK_WIDE(ck_level(), name##_u8);    \
    case CK_UINT16: return CK_PICK_WIDE(ck_level(), name##_u16);  \
    case CK_UINT32: return CK_PICK_WIDE(ck_level(), name##_u32);  \
    case CK_UINT64: return CK_PICK_WIDE(ck_level(), name##_u64);

#define CHOICE(name, types)                      \
    ck_unary_loop ck_##name(int dtype) {         \
        switch (dtype) {                         \
            types                                \
        default: return NULL;                    \
        }                                        \
    }

CHOICE(affine, FLOATS(affine) WHOLES(affine))
CHOICE(divide_by, FLOATS(divide_by))
CHOICE(finite_or_zero, FLOATS(finite_or_zero))
CHOICE(abs, FLOATS(abs) WHOLES(abs))
CHOICE(sign, FLOATS(sign) WHOLES(sign))
CHOICE(square, FLOATS(square) WHOLES(square))
CHOICE(reciprocal, FLOATS(reciprocal))
CHOICE(sqrt, FLOATS(sqrt))
CHOICE(rsqrt, FLOATS(rsqrt))
CHOICE(exp, FLOATS(exp))
CHOICE(expm1, FLOATS(expm1))
CHOICE(log, FLOATS(log))
CHOICE(log1p, FLOATS(log1p))
CHOICE(sin, FLOATS(sin))
CHOICE(cos, FLOATS(cos))
CHOICE(tan, FLOATS(tan))
CHOICE(asin, FLOATS(asin))
CHOICE(acos, FLOATS(acos))
CHOICE(atan, FLOATS(atan))
CHOICE(sinh, FLOATS(sinh))
CHOICE(cosh, FLOATS(cosh))
CHOICE(asinh, FLOATS(asinh))
CHOICE(acosh, FLOATS(acosh))
CHOICE(atanh, FLOATS(atanh))
CHOICE(power_of, FLOATS(power_of))
CHOICE(floor, FLOATS(floor))
CHOICE(ceil, FLOATS(ceil))
CHOICE(round, FLOATS(round))
CHOICE(clip, FLOATS(clip))
CHOICE(tanh, FLOATS(tanh))
CHOICE(sigmoid, FLOATS(sigmoid))
CHOICE(log_sigmoid, FLOATS(log_sigmoid))
CHOICE(softplus, FLOATS(softplus))
CHOICE(softsign, FLOATS(softsign))
CHOICE(relu, FLOATS(relu))
CHOICE(relu6, FLOATS(relu6))
CHOICE(leaky_relu, FLOATS(leaky_relu))
CHOICE(threshold, FLOATS(threshold))
CHOICE(elu, FLOATS(elu))
CHOICE(selu, FLOATS(selu))
CHOICE(swish, FLOATS(swish))
CHOICE(hard_sigmoid, FLOATS(hard_sigmoid))
CHOICE(gelu, FLOATS(gelu))
CHOICE(gelu_tanh, FLOATS(gelu_tanh))
CHOICE(erf, FLOATS(erf))
CHOICE(mish, FLOATS(mish))
CHOICE(is_nan, FLOATS(is_nan))
CHOICE(is_infinite, FLOATS(is_infinite))
CHOICE(is_finite, FLOATS(is_finite))

ck_unary_loop ck_logical_not(int dtype) { return dtype == CK_BOOL ? CK_PICK_WIDE(ck_level(), logical_not_bool) : NULL; }
