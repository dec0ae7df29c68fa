// Functions over whole rows: softmax and sums.
#include "twins.h"

#define CK_SOURCE "rows.inc"
#define CK_WIDE
#include "twin_loop.h"

void ck_softmax_f32(const float *x, float *y, size_t rows, size_t n, int logarithm) {
    CK_PICK_WIDE(ck_level(), softmax_f32)(x, y, rows, n, logarithm);
}

void ck_softmax_f64(const double *x, double *y, size_t rows, size_t n, int logarithm) {
    CK_PICK_WIDE(ck_level(), softmax_f64)(x, y, rows, n, logarithm);
}

void ck_softmax_middle_f32(const float *x, float *y, size_t outer, size_t n, size_t inner, int logarithm) {
    CK_PICK_WIDE(ck_level(), softmax_middle_f32)(x, y, outer, n, inner, logarithm);
}

void ck_softmax_middle_f64(const double *x, double *y, size_t outer, size_t n, size_t inner, int logarithm) {
    CK_PICK_WIDE(ck_level(), softmax_middle_f64)(x, y, outer, n, inner, logarithm);
}

void ck_sum_f32(const float *x, float *y, size_t outer, size_t middle, size_t inner) {
    CK_PICK_WIDE(ck_level(), sum_f32)(x, y, outer, middle, inner);
}

void ck_sum_f64(const double *x, double *y, size_t outer, size_t middle, size_t inner) {
    CK_PICK_WIDE(ck_level(), sum_f64)(x, y, outer, middle, inner);
}
