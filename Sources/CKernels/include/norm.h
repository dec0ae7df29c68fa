// Normalization: moments and affine passes by channel, and whole rows.
#pragma once

#include <stddef.h>
#include <stdint.h>

// x is [outer, channels, inner]. Sums over outer and inner are made block by block, in an order that depends on the sizes
// only.

// The mean of each channel and the sum of squared distances from it.
void ck_moments_f32(const float *x, size_t outer, size_t channels, size_t inner, double *mean, double *squares);
void ck_moments_f64(const double *x, size_t outer, size_t channels, size_t inner, double *mean, double *squares);

// y = (x - mean) a + b, channel by channel.
void ck_scale_f32(const float *x, size_t outer, size_t channels, size_t inner, const float *mean, const float *a, const float *b, float *y);
void ck_scale_f64(const double *x, size_t outer, size_t channels, size_t inner, const double *mean, const double *a, const double *b, double *y);

// The sums of dy and of dy (x - mean), channel by channel, added to what is there.
void ck_norm_sums_f32(const float *x, const float *dy, size_t outer, size_t channels, size_t inner, const float *mean, double *sums, double *products);
void ck_norm_sums_f64(const double *x, const double *dy, size_t outer, size_t channels, size_t inner, const double *mean, double *sums, double *products);

// dx = dy a + (x - mean) b + c, channel by channel.
void ck_norm_back_f32(const float *x, const float *dy, size_t outer, size_t channels, size_t inner, const float *mean, const float *a, const float *b, const float *c, float *dx);
void ck_norm_back_f64(const double *x, const double *dy, size_t outer, size_t channels, size_t inner, const double *mean, const double *a, const double *b, const double *c, double *dx);

// Rows of n elements: y = (x - mean) scale gamma + beta with scale = 1 / sqrt(variance + epsilon); uncentred, the mean is
// taken as zero. gamma and beta have n elements or are null. mean and scale get one element a row.
void ck_normalize_rows_f32(const float *x, size_t rows, size_t n, double epsilon, int centred, const float *gamma, const float *beta, float *y, float *mean, float *scale);
void ck_normalize_rows_f64(const double *x, size_t rows, size_t n, double epsilon, int centred, const double *gamma, const double *beta, double *y, double *mean, double *scale);

// What arrives at x; dgamma and dbeta, n elements or null, are added to.
void ck_normalize_rows_back_f32(const float *x, const float *dy, size_t rows, size_t n, int centred, const float *gamma, const float *mean, const float *scale, float *dx, double *dgamma, double *dbeta);
void ck_normalize_rows_back_f64(const double *x, const double *dy, size_t rows, size_t n, int centred, const double *gamma, const double *mean, const double *scale, double *dx, double *dgamma, double *dbeta);
