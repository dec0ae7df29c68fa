// Products of matrices and of gathered rows.
#include "twins.h"
#include "gemm.h"

// Rows of a tile, inner extent of a block, columns packed at a time: a block of y is 96 KiB, a fifth of the second
// level cache; 16 of its columns, 24 KiB, stay in the first while the rows of x pass by.
// Up to LOOSE_ROWS rows y is not packed at all, but for a last panel that is not full: on the stack up to EDGE_INNER.
enum { LOOSE_ROWS = 18, EDGE_INNER = 64 };
enum { BLOCK_INNER = 384, GROUP_COLUMNS = 64, BLOCK_ROWS = 48 };
// Rows of a slim product that are summed at a time.
enum { SLIM_ROWS = 4 };
// For turned products: rows of the result packed at a time, and columns.
enum { TURNED_ROWS = 96, TURNED_COLUMNS = 1024 };

#define CK_WIDE
#define CK_SOURCE "gemm.inc"
#include "twin_loop.h"

size_t ck_product_packed_bytes(const ck_product *p, int is_double) {
    size_t size = is_double ? sizeof(double) : sizeof(float);
    size_t columns = is_double ? CK_PICK_WIDE(p->level, panel_f64)() : CK_PICK_WIDE(p->level, panel_f32)();
    return (p->n + columns - 1) / columns * columns * p->k * size;
}

size_t ck_product_scratch_bytes(const ck_product *p, size_t rows) {
    const int is_loose = p->y_column_stride == 1 && (rows == 1 || (rows <= LOOSE_ROWS && p->k <= EDGE_INNER));
    return p->y_packed || is_loose ? 0 : BLOCK_INNER * GROUP_COLUMNS * sizeof(double);
}
size_t ck_turned_product_scratch_bytes(void) {
    return (BLOCK_INNER * (TURNED_ROWS + TURNED_COLUMNS + 16) + 16) * sizeof(double);
}

#define CHOICE(suffix)                                                                                        \
    void ck_turn_##suffix(                                                                                    \
        const void *x, size_t rows, size_t columns, ptrdiff_t x_step, void *y, ptrdiff_t y_step) {            \
        CK_PICK_WIDE(ck_level(), turn_##suffix)(x, rows, columns, x_step, y, y_step);                         \
    }                                                                                                         \
    void ck_product_pack_##suffix(const ck_product *p, void *packed) {                                        \
        CK_PICK_WIDE(p->level, pack_all_##suffix)(p, packed);                                                 \
    }                                                                                                         \
    void ck_product_##suffix(                                                                                 \
        const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1, void *scratch) {   \
        CK_PICK_WIDE(p->level, product_##suffix)(p, row_0, row_1, column_0, column_1, scratch);               \
    }                                                                                                         \
    void ck_turned_product_##suffix(                                                                          \
        const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1, void *scratch) {   \
        CK_PICK_WIDE(p->level, turned_product_##suffix)(p, row_0, row_1, column_0, column_1, scratch);        \
    }

CHOICE(f32)
CHOICE(f64)
