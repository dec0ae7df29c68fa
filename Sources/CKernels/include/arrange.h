// Moving elements: conversions between types, choosing between two tensors, copies along any strides.
#pragma once

// y = x as another type; the loop takes no numbers. Rounds to nearest even; to whole numbers it truncates and
// saturates, NaN becomes 0; whole numbers keep their low bits.
ck_unary_loop ck_cast(int from, int to);

// z[i] = condition[i * cs] ? x[i * xs] : y[i * ys], elements of `size` bytes.
void ck_select(const uint8_t *condition, size_t cs, const void *x, size_t xs, const void *y, size_t ys, void *z,
               size_t n, size_t size);

enum { CK_AXES_MAX = 16 };

// Copies a block of `extents` elements of `size` bytes, at most CK_AXES_MAX axes, outermost first; steps are in bytes
// and may be zero or negative.
void ck_copy_strided(void *to, const ptrdiff_t *to_steps, const void *from, const ptrdiff_t *from_steps,
                     const size_t *extents, int rank, size_t size);

// Adds instead, floats or doubles, in the order of the axes.
void ck_add_strided(void *to, const ptrdiff_t *to_steps, const void *from, const ptrdiff_t *from_steps,
                    const size_t *extents, int rank, int dtype);
