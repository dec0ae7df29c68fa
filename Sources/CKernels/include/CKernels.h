// The innermost loops. Each exists twice, from one source: for AVX2 with FMA, and portable; those bound by arithmetic
// a third time, for AVX-512. Which one runs is chosen once, from the processor. Pointers need no alignment beyond their element's.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "numbers.h"

// The element types, numbered as in TensorCore.DType.
enum {
    CK_FLOAT32, CK_FLOAT64, CK_FLOAT16, CK_BFLOAT16,
    CK_INT8, CK_INT16, CK_INT32, CK_INT64,
    CK_UINT8, CK_UINT16, CK_UINT32, CK_UINT64,
    CK_BOOL
};

// 0: the portable twins run; 1: those for AVX2 and FMA; 2: those for AVX-512 where there are some.
int ck_level(void);
// The highest level this processor has.
int ck_level_max(void);
// Chooses the twins for the calling thread, at most the highest; for tests that hold one against the other.
void ck_set_level(int level);

// y[i] = f(x[i]); a and b are the parameters of those functions that have some. In place (x == y) is fine.
typedef void (*ck_unary_loop)(const void *x, void *y, size_t n, double a, double b);

// z[i] = f(x[i * xs], y[i * ys]) with xs and ys 0 (one element for all) or 1; a and b as above. In place is fine.
typedef void (*ck_binary_loop)(const void *x, size_t xs, const void *y, size_t ys, void *z, size_t n, double a, double b);

// The loop for a dtype, NULL where the function does not take it.
#define CK_DECLARE_UNARY(name) ck_unary_loop ck_##name(int dtype);
#define CK_DECLARE_BINARY(name) ck_binary_loop ck_##name(int dtype);

#include "elementwise.h"
#include "activations.h"
#include "arrange.h"
#include "reduce.h"
#include "random.h"
#include "updates.h"

// Softmax of each of `rows` rows of `n`; with `logarithm` its logarithm.
void ck_softmax_f32(const float *x, float *y, size_t rows, size_t n, int logarithm);
void ck_softmax_f64(const double *x, double *y, size_t rows, size_t n, int logarithm);
// The same along the middle axis of x [outer, n, inner].
void ck_softmax_middle_f32(const float *x, float *y, size_t outer, size_t n, size_t inner, int logarithm);
void ck_softmax_middle_f64(const double *x, double *y, size_t outer, size_t n, size_t inner, int logarithm);

// The sum over the middle axis of x [outer, middle, inner] into y [outer, inner]. The order of additions
// depends on the sizes only.
void ck_sum_f32(const float *x, float *y, size_t outer, size_t middle, size_t inner);
void ck_sum_f64(const double *x, double *y, size_t outer, size_t middle, size_t inner);

// CRC-32C (Castagnoli) of n bytes, continuing from `crc` (0 to begin).
uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t n);

// The CRC-32C of two runs of bytes, one after the other, from theirs; n bytes are in the second.
uint32_t ck_crc32c_join(uint32_t first, uint32_t second, uint64_t n);

#include "gemm.h"
#include "windows.h"
#include "pooling.h"
#include "recurrence.h"
#include "norm.h"
