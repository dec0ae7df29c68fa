// The steps of optimizers, element by element.
#pragma once

// in: the variable, its gradient and its slots; out: the new variable and the new slots, elsewhere. Elements from `start`
// on, `n` of them. a: eight numbers of the rule; a[0] is always the share of the variable that decays beforehand.
typedef void (*ck_update_loop)(const void *const *in, void *const *out, size_t start, size_t n, const double *a);

#define CK_DECLARE_UPDATE(name) ck_update_loop ck_update_##name(int dtype);

// The slots of each, and its numbers from a[1] on.
CK_DECLARE_UPDATE(gradient_descent)           // none; rate
CK_DECLARE_UPDATE(momentum)                   // m; rate, momentum
CK_DECLARE_UPDATE(momentum_nesterov)
CK_DECLARE_UPDATE(velocity)                   // m, which holds the rate; rate, momentum
CK_DECLARE_UPDATE(velocity_nesterov)
CK_DECLARE_UPDATE(adam)                       // m, v; corrected rate, 1 - beta1, 1 - beta2, epsilon
CK_DECLARE_UPDATE(adam_greatest)              // m, v, greatest v; the same
CK_DECLARE_UPDATE(nadam)                      // m, v; rate, 1 - beta1, 1 - beta2, epsilon, factors of m and g, divisor of v
CK_DECLARE_UPDATE(adamax)                     // m, u; corrected rate, 1 - beta1, beta2, epsilon
CK_DECLARE_UPDATE(lion)                       // m; rate, beta1, 1 - beta1, beta2, 1 - beta2
CK_DECLARE_UPDATE(adagrad)                    // sum of squares; rate, epsilon
CK_DECLARE_UPDATE(adadelta)                   // mean g^2, mean step^2; rate, rho, 1 - rho, epsilon
CK_DECLARE_UPDATE(rmsprop)                    // mean g^2; rate, 1 - rho, momentum, epsilon
CK_DECLARE_UPDATE(rmsprop_centered)           // mean g^2, mean g
CK_DECLARE_UPDATE(rmsprop_momentum)           // mean g^2, momentum
CK_DECLARE_UPDATE(rmsprop_centered_momentum)  // mean g^2, mean g, momentum
CK_DECLARE_UPDATE(ftrl)                       // sum of squares, linear; rate, l1, 2 l2, 2 shrinkage
CK_DECLARE_UPDATE(ftrl_power)                 // the same, and minus the power of the rate
CK_DECLARE_UPDATE(proximal_gradient_descent)  // none; rate, l1, l2
CK_DECLARE_UPDATE(proximal_adagrad)           // sum of squares; rate, l1, l2
CK_DECLARE_UPDATE(adagrad_da)                 // sum of g, sum of squares; rate, l1 t, l2 t rate
CK_DECLARE_UPDATE(average)                    // none: the variable is an average, the gradient a value; 1 - decay
