// Arithmetic and elementary functions, element by element. Floats unless it says otherwise.
#pragma once

CK_DECLARE_UNARY(affine)        // a x + b; whole numbers too, where a and b are whole
CK_DECLARE_UNARY(divide_by)     // x / a
CK_DECLARE_UNARY(finite_or_zero)
CK_DECLARE_UNARY(abs)           // numbers
CK_DECLARE_UNARY(sign)          // numbers
CK_DECLARE_UNARY(square)        // numbers
CK_DECLARE_UNARY(reciprocal)
CK_DECLARE_UNARY(sqrt)
CK_DECLARE_UNARY(rsqrt)
CK_DECLARE_UNARY(exp)
CK_DECLARE_UNARY(expm1)
CK_DECLARE_UNARY(log)
CK_DECLARE_UNARY(log1p)
CK_DECLARE_UNARY(sin)
CK_DECLARE_UNARY(cos)
CK_DECLARE_UNARY(tan)
CK_DECLARE_UNARY(asin)
CK_DECLARE_UNARY(acos)
CK_DECLARE_UNARY(atan)
CK_DECLARE_UNARY(sinh)
CK_DECLARE_UNARY(cosh)
CK_DECLARE_UNARY(asinh)
CK_DECLARE_UNARY(acosh)
CK_DECLARE_UNARY(atanh)
CK_DECLARE_UNARY(power_of)      // x^a
CK_DECLARE_UNARY(floor)
CK_DECLARE_UNARY(ceil)
CK_DECLARE_UNARY(round)         // halves to even
CK_DECLARE_UNARY(clip)          // to [a, b]
CK_DECLARE_UNARY(erf)
CK_DECLARE_UNARY(is_nan)        // gives bytes of 0 and 1, as the next two
CK_DECLARE_UNARY(is_infinite)
CK_DECLARE_UNARY(is_finite)
CK_DECLARE_UNARY(logical_not)   // of booleans

CK_DECLARE_BINARY(add)          // numbers
CK_DECLARE_BINARY(subtract)     // numbers
CK_DECLARE_BINARY(multiply)     // numbers
CK_DECLARE_BINARY(divide)
CK_DECLARE_BINARY(divide_no_nan)       // 0 where y is 0
CK_DECLARE_BINARY(floor_divide)        // numbers; a whole y must not be 0
CK_DECLARE_BINARY(mod)                 // numbers; with the sign of y, which must not be a whole 0
CK_DECLARE_BINARY(truncate_mod)        // numbers; with the sign of x
CK_DECLARE_BINARY(to_power)            // numbers; a whole y must not be negative
CK_DECLARE_BINARY(atan2)
CK_DECLARE_BINARY(squared_difference)  // numbers
CK_DECLARE_BINARY(maximum)             // numbers; NaN where either is
CK_DECLARE_BINARY(minimum)
CK_DECLARE_BINARY(equal)               // numbers and booleans, to booleans
CK_DECLARE_BINARY(not_equal)
CK_DECLARE_BINARY(less)                // numbers, to booleans
CK_DECLARE_BINARY(less_equal)
CK_DECLARE_BINARY(logical_and)         // booleans
CK_DECLARE_BINARY(logical_or)
CK_DECLARE_BINARY(logical_xor)
CK_DECLARE_BINARY(clip_gradient)       // of (x, dy)
