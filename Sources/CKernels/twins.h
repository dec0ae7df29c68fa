// How one source becomes two: a family's .c file includes its .inc file through here, once as it is and,
// on x86-64, once more with AVX2, FMA and F16C switched on for every function in it; families bound by arithmetic once
// again with AVX-512.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "CKernels.h"

#define CK_GLUE_(a, b) a##_##b
#define CK_GLUE(a, b) CK_GLUE_(a, b)
#define CK_F(name) CK_GLUE(name, CK_TWIN)
#define CK_INLINE static inline __attribute__((always_inline, unused))

// Klambauer and others, *Self-Normalizing Neural Networks* (2017).
#define CK_SELU_SCALE 1.0507009873554805
#define CK_SELU_ALPHA 1.6732632423543772

// From here down a float's sigmoid, and x sigmoid x with it, is zero.
#define CK_SIGMOID_ZERO -104.0f

#if defined(__x86_64__)
#define CK_HAS_AVX2 1
#define CK_PICK(name) (ck_level() ? name##_avx2 : name##_portable)
#define CK_PICK_WIDE(level, name) ((level) > 1 ? name##_avx512 : (level) ? name##_avx2 : name##_portable)
#else
#define CK_HAS_AVX2 0
#define CK_PICK(name) name##_portable
#define CK_PICK_WIDE(level, name) name##_portable
#endif
