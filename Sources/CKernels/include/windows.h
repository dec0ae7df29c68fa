// Sliding windows over images: copies with a border, products channel by channel, and pooling.
#pragma once

#include <stddef.h>
#include <stdint.h>

// A part of an image of three axes, perhaps reaching beyond it: where it begins and how far it goes.
typedef struct {
    size_t extents[3];
    size_t channels;
    // Whether the image is [channels][...] rather than [...][channels].
    int channels_first;
    ptrdiff_t start[3];
    size_t box[3];
    // Each channel comes so many times in a row.
    size_t repeats;
} ck_box;

// The part of x under the box as [box][channels repeats], zero outside the image.
void ck_copy_box_f32(const float *x, const ck_box *box, float *y);
void ck_copy_box_f64(const double *x, const ck_box *box, double *y);

// z(i, c) = sum over taps t of x[x_rows[i] + taps[t] + c] w[t][c], plus bias[c], for c in channel_0 ..< channel_1 of
// `channels`; row i of z begins at z_rows[i].
typedef struct {
    const void *x;
    const ptrdiff_t *x_rows;
    const ptrdiff_t *taps;
    size_t tap_count;
    const void *w;
    void *z;
    const ptrdiff_t *z_rows;
    size_t rows, channels;
    const void *bias;
    int finish;
    int level;
} ck_depthwise;

void ck_depthwise_f32(const ck_depthwise *p, size_t row_0, size_t row_1, size_t channel_0, size_t channel_1);
void ck_depthwise_f64(const ck_depthwise *p, size_t row_0, size_t row_1, size_t channel_0, size_t channel_1);

// w[t][c] = sum over rows i of x[x_rows[i] + taps[t] + c] z[z_rows[i] + c].
void ck_depthwise_turned_f32(const ck_depthwise *p, void *w, size_t channel_0, size_t channel_1);
void ck_depthwise_turned_f64(const ck_depthwise *p, void *w, size_t channel_0, size_t channel_1);
