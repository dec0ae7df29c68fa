// Normalization.
#include "twins.h"

// Elements of a block whose sums are made in the type of the elements, before they are added up in double precision.
enum { NORM_BLOCK = 256 };

#define CK_SOURCE "norm.inc"
#include "twin_loop.h"

#define CHOICE(T, suffix)                                                                                             \
    void ck_moments_##suffix(const T *x, size_t outer, size_t channels, size_t inner, double *mean, double *squares) { \
        CK_PICK(moments_##suffix)(x, outer, channels, inner, mean, squares);                                          \
    }                                                                                                                 \
    void ck_scale_##suffix(                                                                                           \
        const T *x, size_t outer, size_t channels, size_t inner, const T *mean, const T *a, const T *b, T *y) {       \
        CK_PICK(scale_##suffix)(x, outer, channels, inner, mean, a, b, y);                                            \
    }                                                                                                                 \
    void ck_norm_sums_##suffix(                                                                                       \
        const T *x, const T *dy, size_t outer, size_t channels, size_t inner, const T *mean, double *sums,            \
        double *products) {                                                                                           \
        CK_PICK(norm_sums_##suffix)(x, dy, outer, channels, inner, mean, sums, products);                             \
    }                                                                                                                 \
    void ck_norm_back_##suffix(                                                                                       \
        const T *x, const T *dy, size_t outer, size_t channels, size_t inner, const T *mean, const T *a, const T *b,  \
        const T *c, T *dx) {                                                                                                  \
        CK_PICK(norm_back_##suffix)(x, dy, outer, channels, inner, mean, a, b, c, dx);                                \
    }                                                                                                                 \
    void ck_normalize_rows_##suffix(                                                                                  \
        const T *x, size_t rows, size_t n, double epsilon, int centred, const T *gamma, const T *beta, T *y, T *mean, \
        T *scale) {                                                                                                   \
        CK_PICK(normalize_rows_##suffix)(x, rows, n, epsilon, centred, gamma, beta, y, mean, scale);                  \
    }                                                                                                                 \
    void ck_normalize_rows_back_##suffix(                                                                             \
        const T *x, const T *dy, size_t rows, size_t n, int centred, const T *gamma, const T *mean, const T *scale,   \
        T *dx, double *dgamma, double *dbeta) {                                                                       \
        CK_PICK(normalize_rows_back_##suffix)(x, dy, rows, n, centred, gamma, mean, scale, dx, dgamma, dbeta);        \
    }

CHOICE(float, f32)
CHOICE(double, f64)
