// Moving elements: choosing between two tensors, and copying along any strides. Elements are bytes here.
#include "twins.h"

#define CK_SOURCE "arrange.inc"
#include "twin_loop.h"

void ck_select(const uint8_t *condition, size_t cs, const void *x, size_t xs, const void *y, size_t ys, void *z,
               size_t n, size_t size) {
    switch (size) {
    case 1: CK_PICK(select_8)(condition, cs, x, xs, y, ys, z, n); break;
    case 2: CK_PICK(select_16)(condition, cs, x, xs, y, ys, z, n); break;
    case 4: CK_PICK(select_32)(condition, cs, x, xs, y, ys, z, n); break;
    case 8: CK_PICK(select_64)(condition, cs, x, xs, y, ys, z, n); break;
    }
}

// One plane of a strided copy: `rows` × `columns` elements.
static void copy_plane(char *to, ptrdiff_t to_row, ptrdiff_t to_column, const char *from, ptrdiff_t from_row,
                       ptrdiff_t from_column, size_t rows, size_t columns, size_t size) {
    const ptrdiff_t step = (ptrdiff_t)size;
    if (to_column == step && from_column == step) {
        for (size_t row = 0; row < rows; row++, to += to_row, from += from_row) memcpy(to, from, columns * size);
        return;
    }
    switch (size) {
    case 1: CK_PICK(plane_8)(to, to_row, to_column, from, from_row, from_column, rows, columns); break;
    case 2: CK_PICK(plane_16)(to, to_row, to_column, from, from_row, from_column, rows, columns); break;
    case 4: CK_PICK(plane_32)(to, to_row, to_column, from, from_row, from_column, rows, columns); break;
    case 8: CK_PICK(plane_64)(to, to_row, to_column, from, from_row, from_column, rows, columns); break;
    }
}

typedef void (*plane_function)(char *, ptrdiff_t, ptrdiff_t, const char *, ptrdiff_t, ptrdiff_t, size_t, size_t);

// Walks all planes of the last two axes.
#define WALK(plane)                                                                                              \
    size_t counters[CK_AXES_MAX] = {0};                                                                          \
    for (int axis = 0; axis < rank; axis++)                                                                      \
        if (extents[axis] == 0) return;                                                                          \
    const int outer = rank > 2 ? rank - 2 : 0;                                                                   \
    const size_t columns = rank > 0 ? extents[rank - 1] : 1, rows = rank > 1 ? extents[rank - 2] : 1;            \
    const ptrdiff_t to_column = rank > 0 ? to_steps[rank - 1] : 0, to_row = rank > 1 ? to_steps[rank - 2] : 0;   \
    const ptrdiff_t from_column = rank > 0 ? from_steps[rank - 1] : 0;                                           \
    const ptrdiff_t from_row = rank > 1 ? from_steps[rank - 2] : 0;                                              \
    for (;;) {                                                                                                   \
        plane;                                                                                                   \
        int axis = outer - 1;                                                                                    \
        for (; axis >= 0; axis--) {                                                                              \
            to += to_steps[axis];                                                                                \
            from += from_steps[axis];                                                                            \
            if (++counters[axis] < extents[axis]) break;                                                         \
            to -= to_steps[axis] * (ptrdiff_t)extents[axis];                                                     \
            from -= from_steps[axis] * (ptrdiff_t)extents[axis];                                                 \
            counters[axis] = 0;                                                                                  \
        }                                                                                                        \
        if (axis < 0) return;                                                                                    \
    }

void ck_copy_strided(void *to_start, const ptrdiff_t *to_steps, const void *from_start, const ptrdiff_t *from_steps,
                     const size_t *extents, int rank, size_t size) {
    char *to = to_start;
    const char *from = from_start;
    WALK(copy_plane(to, to_row, to_column, from, from_row, from_column, rows, columns, size))
}

void ck_add_strided(void *to_start, const ptrdiff_t *to_steps, const void *from_start, const ptrdiff_t *from_steps,
                    const size_t *extents, int rank, int dtype) {
    char *to = to_start;
    const char *from = from_start;
    plane_function add = dtype == CK_FLOAT32 ? CK_PICK(add_plane_f32) : CK_PICK(add_plane_f64);
    WALK(add(to, to_row, to_column, from, from_row, from_column, rows, columns))
}
