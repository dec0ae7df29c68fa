// Functions of two elements.
#include "twins.h"

#define CK_SOURCE "binary.inc"
#include "twin_loop.h"

#define FLOATS(name)                                 \
    case CK_FLOAT32: return CK_PICK(name##_f32);     \
    case CK_FLOAT64: return CK_PICK(name##_f64);

#define WHOLES(name)                                 \
    case CK_INT8: return CK_PICK(name##_i8);         \
    case CK_INT16: return CK_PICK(name##_i16);       \
    case CK_INT32: return CK_PICK(name##_i32);       \
    case CK_INT64: return CK_PICK(name##_i64);       \
    case CK_UINT8: return CK_PICK(name##_u8);        \
    case CK_UINT16: return CK_PICK(name##_u16);      \
    case CK_UINT32: return CK_PICK(name##_u32);      \
    case CK_UINT64: return CK_PICK(name##_u64);

#define BOOLS(name, loop) \
    case CK_BOOL: return CK_PICK(loop);

#define CHOICE(name, types)                          \
    ck_binary_loop ck_##name(int dtype) {            \
        switch (dtype) {                             \
            types                                    \
        default: return NULL;                        \
        }                                            \
    }

CHOICE(add, FLOATS(add) WHOLES(add))
CHOICE(subtract, FLOATS(subtract) WHOLES(subtract))
CHOICE(multiply, FLOATS(multiply) WHOLES(multiply))
CHOICE(divide, FLOATS(divide))
CHOICE(divide_no_nan, FLOATS(divide_no_nan))
CHOICE(floor_divide, FLOATS(floor_divide) WHOLES(floor_divide))
CHOICE(mod, FLOATS(mod) WHOLES(mod))
CHOICE(truncate_mod, FLOATS(truncate_mod) WHOLES(truncate_mod))
CHOICE(to_power, FLOATS(to_power) WHOLES(to_power))
CHOICE(atan2, FLOATS(atan2))
CHOICE(squared_difference, FLOATS(squared_difference) WHOLES(squared_difference))
CHOICE(maximum, FLOATS(maximum) WHOLES(maximum))
CHOICE(minimum, FLOATS(minimum) WHOLES(minimum))

CHOICE(equal, FLOATS(equal) WHOLES(equal) BOOLS(equal, equal_u8))
CHOICE(not_equal, FLOATS(not_equal) WHOLES(not_equal) BOOLS(not_equal, not_equal_u8))
CHOICE(less, FLOATS(less) WHOLES(less))
CHOICE(less_equal, FLOATS(less_equal) WHOLES(less_equal))
CHOICE(logical_and, BOOLS(logical_and, logical_and_bool))
CHOICE(logical_or, BOOLS(logical_or, logical_or_bool))
CHOICE(logical_xor, BOOLS(logical_xor, logical_xor_bool))

CHOICE(relu_gradient, FLOATS(relu_gradient))
CHOICE(relu6_gradient, FLOATS(relu6_gradient))
CHOICE(leaky_relu_gradient, FLOATS(leaky_relu_gradient))
CHOICE(elu_gradient, FLOATS(elu_gradient))
CHOICE(selu_gradient, FLOATS(selu_gradient))
CHOICE(tanh_gradient, FLOATS(tanh_gradient))
CHOICE(sigmoid_gradient, FLOATS(sigmoid_gradient))
CHOICE(softsign_gradient, FLOATS(softsign_gradient))
CHOICE(hard_sigmoid_gradient, FLOATS(hard_sigmoid_gradient))
CHOICE(clip_gradient, FLOATS(clip_gradient))
CHOICE(threshold_gradient, FLOATS(threshold_gradient))
