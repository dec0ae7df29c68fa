// The steps of optimizers.
#include "twins.h"

#define CK_SOURCE "updates.inc"
#include "twin_loop.h"

#define CHOICE(name)                                        \
    ck_update_loop ck_update_##name(int dtype) {            \
        switch (dtype) {                                    \
        case CK_FLOAT32: return CK_PICK(update_##name##_f32); \
        case CK_FLOAT64: return CK_PICK(update_##name##_f64); \
        default: return NULL;                               \
        }                                                   \
    }

CHOICE(gradient_descent)
CHOICE(momentum)
CHOICE(momentum_nesterov)
CHOICE(velocity)
CHOICE(velocity_nesterov)
CHOICE(adam)
CHOICE(adam_greatest)
CHOICE(nadam)
CHOICE(adamax)
CHOICE(lion)
CHOICE(adagrad)
CHOICE(adadelta)
CHOICE(rmsprop)
CHOICE(rmsprop_centered)
CHOICE(rmsprop_momentum)
CHOICE(rmsprop_centered_momentum)
CHOICE(ftrl)
CHOICE(ftrl_power)
CHOICE(proximal_gradient_descent)
CHOICE(proximal_adagrad)
CHOICE(adagrad_da)
CHOICE(average)
