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
CHOICE(maximum, FLOATS(maximum) WHOLES(maximum))
CHOICE(minimum, FLOATS(minimum) WHOLES(minimum))
CHOICE(relu_gradient, FLOATS(relu_gradient))
CHOICE(tanh_gradient, FLOATS(tanh_gradient))
CHOICE(sigmoid_gradient, FLOATS(sigmoid_gradient))
CHOICE(hard_sigmoid_gradient, FLOATS(hard_sigmoid_gradient))
