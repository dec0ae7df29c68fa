// Pooling over the windows of one image [places..., channels].
#pragma once

#include <stddef.h>
#include <stdint.h>

// For each axis as in a convolution: output place o sees the input places o stride + tap dilation - before that exist.
typedef struct {
    size_t input[3], output[3], kernel[3], stride[3], dilation[3];
    ptrdiff_t before[3];
    size_t channels;
} ck_pool;

// The largest element of each window and channel; a NaN is larger than everything. `line` has room for a line of the image.
void ck_pool_max_f32(const ck_pool *p, const float *x, float *y, float *line);
void ck_pool_max_f64(const ck_pool *p, const double *x, double *y, double *line);

// The mean of the elements that exist.
void ck_pool_mean_f32(const ck_pool *p, const float *x, float *y, float *line);
void ck_pool_mean_f64(const ck_pool *p, const double *x, double *y, double *line);

// dx = dy at the first of the largest elements of each window, added up; zero elsewhere.
void ck_pool_max_back_f32(const ck_pool *p, const float *x, const float *y, const float *dy, float *dx);
void ck_pool_max_back_f64(const ck_pool *p, const double *x, const double *y, const double *dy, double *dx);

// g at the first of the largest elements of each window.
void ck_pool_max_pick_f32(const ck_pool *p, const float *x, const float *y, const float *g, float *picked);
void ck_pool_max_pick_f64(const ck_pool *p, const double *x, const double *y, const double *g, double *picked);

// dx = dy shared out evenly over each window.
void ck_pool_mean_back_f32(const ck_pool *p, const float *dy, float *dx);
void ck_pool_mean_back_f64(const ck_pool *p, const double *dy, double *dx);
