// Functions of one element.
#include "twins.h"

#define CK_SOURCE "unary.inc"
#include "twin_loop.h"

#define CHOICE(name)                                \
    ck_unary_loop ck_##name(int dtype) {            \
        switch (dtype) {                            \
        case CK_FLOAT32: return CK_PICK(name##_f32); \
        case CK_FLOAT64: return CK_PICK(name##_f64); \
        default: return NULL;                       \
        }                                           \
    }

CHOICE(affine)
CHOICE(square)
CHOICE(sqrt)
CHOICE(exp)
CHOICE(log)
CHOICE(tanh)
CHOICE(sigmoid)
CHOICE(softplus)
CHOICE(softsign)
CHOICE(relu)
CHOICE(relu6)
CHOICE(leaky_relu)
CHOICE(elu)
CHOICE(selu)
CHOICE(swish)
CHOICE(hard_sigmoid)
CHOICE(gelu)
CHOICE(gelu_tanh)
CHOICE(erf)
CHOICE(mish)
