// Activations and their gradients, element by element, of floats.
#pragma once

CK_DECLARE_UNARY(tanh)
CK_DECLARE_UNARY(sigmoid)
CK_DECLARE_UNARY(log_sigmoid)
CK_DECLARE_UNARY(softplus)
CK_DECLARE_UNARY(softsign)
CK_DECLARE_UNARY(relu)
CK_DECLARE_UNARY(relu6)
CK_DECLARE_UNARY(leaky_relu)    // a: slope below zero
CK_DECLARE_UNARY(threshold)     // x above a, b (x - a) below
CK_DECLARE_UNARY(elu)           // a: alpha
CK_DECLARE_UNARY(selu)
CK_DECLARE_UNARY(swish)
CK_DECLARE_UNARY(hard_sigmoid)
CK_DECLARE_UNARY(gelu)          // the exact form, with erf
CK_DECLARE_UNARY(gelu_tanh)
CK_DECLARE_UNARY(mish)

// Of the function's output and what arrives.
CK_DECLARE_BINARY(relu_gradient)
CK_DECLARE_BINARY(relu6_gradient)
CK_DECLARE_BINARY(elu_gradient)
CK_DECLARE_BINARY(selu_gradient)
CK_DECLARE_BINARY(tanh_gradient)
CK_DECLARE_BINARY(sigmoid_gradient)

// Of the function's input and what arrives.
CK_DECLARE_BINARY(leaky_relu_gradient)
CK_DECLARE_BINARY(threshold_gradient)
CK_DECLARE_BINARY(softsign_gradient)
CK_DECLARE_BINARY(softplus_gradient)
CK_DECLARE_BINARY(log_sigmoid_gradient)
CK_DECLARE_BINARY(swish_gradient)
CK_DECLARE_BINARY(hard_sigmoid_gradient)
CK_DECLARE_BINARY(gelu_gradient)
CK_DECLARE_BINARY(gelu_tanh_gradient)
CK_DECLARE_BINARY(mish_gradient)
