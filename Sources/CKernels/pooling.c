// Pooling.
#include "twins.h"

// The taps of one axis that meet the image at output place `o`.
typedef struct {
    size_t first, last;
} tap_range;

static inline tap_range taps_at(const ck_pool *p, int axis, size_t o) {
    const ptrdiff_t start = (ptrdiff_t)(o * p->stride[axis]) - p->before[axis], dilation = (ptrdiff_t)p->dilation[axis];
    const ptrdiff_t input = (ptrdiff_t)p->input[axis];
    ptrdiff_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
    ptrdiff_t last = input - 1 - start < 0 ? 0 : (input - 1 - start) / dilation + 1;
    if (last > (ptrdiff_t)p->kernel[axis]) last = (ptrdiff_t)p->kernel[axis];
    return (tap_range){(size_t)first, (size_t)(last < first ? first : last)};
}

static inline size_t place_at(const ck_pool *p, int axis, size_t o, size_t tap) {
    return (size_t)((ptrdiff_t)(o * p->stride[axis] + tap * p->dilation[axis]) - p->before[axis]);
}

#define CK_SOURCE "pooling.inc"
#include "twin_loop.h"

#define CHOICE(T, suffix)                                                                                     \
    void ck_pool_max_##suffix(const ck_pool *p, const T *x, T *y, T *line) {                                  \
        CK_PICK(pool_max_##suffix)(p, x, y, line);                                                            \
    }                                                                                                         \
    void ck_pool_mean_##suffix(const ck_pool *p, const T *x, T *y, T *line) {                                 \
        CK_PICK(pool_mean_##suffix)(p, x, y, line);                                                           \
    }                                                                                                         \
    void ck_pool_max_back_##suffix(const ck_pool *p, const T *x, const T *y, const T *dy, T *dx) {            \
        CK_PICK(pool_max_back_##suffix)(p, x, y, dy, dx);                                                     \
    }                                                                                                         \
    void ck_pool_max_pick_##suffix(const ck_pool *p, const T *x, const T *y, const T *g, T *picked) {         \
        CK_PICK(pool_max_pick_##suffix)(p, x, y, g, picked);                                                  \
    }                                                                                                         \
    void ck_pool_mean_back_##suffix(const ck_pool *p, const T *dy, T *dx) {                                   \
        CK_PICK(pool_mean_back_##suffix)(p, dy, dx);                                                          \
    }

CHOICE(float, f32)
CHOICE(double, f64)
