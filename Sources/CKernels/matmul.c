// Row-independent products, and the fast ones for small matrices.
#include "twins.h"

#define CK_SOURCE "matmul.inc"
#include "twin_loop.h"

void ck_matmul_f32(const float *x, const float *y, float *z, size_t m, size_t k, size_t n) {
    CK_PICK(matmul_f32)(x, y, z, m, k, n);
}

void ck_matmul_f64(const double *x, const double *y, double *z, size_t m, size_t k, size_t n) {
    CK_PICK(matmul_f64)(x, y, z, m, k, n);
}
