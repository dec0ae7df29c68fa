// Gradients of activations, of the function's input and of what arrives.
#include "twins.h"

#define CK_SOURCE "gradients.inc"
#define CK_WIDE
#include "twin_loop.h"

#define CHOICE(name)                                 \
    ck_binary_loop ck_##name(int dtype) {            \
        switch (dtype) {                             \
        case CK_FLOAT32: return CK_PICK_WIDE(ck_level(), name##_f32); \
        case CK_FLOAT64: return CK_PICK_WIDE(ck_level(), name##_f64); \
        default: return NULL;                        \
        }                                            \
    }

CHOICE(softplus_gradient)
CHOICE(log_sigmoid_gradient)
CHOICE(swish_gradient)
CHOICE(gelu_gradient)
CHOICE(gelu_tanh_gradient)
CHOICE(mish_gradient)
