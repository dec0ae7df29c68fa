// Matrix products whose left rows may lie anywhere: plain matrices, and the windows of a convolution.
//
// Every element of a result is a sum of chains of multiply-adds, one for each block of k in order, whatever the
// shares and
// the companions of its row: so results are bit-identical however the work is cut. Slim products have chains of their
// own, which depend as little on these.
#pragma once

#include <stddef.h>
#include <stdint.h>

// A stretch of consecutive elements.
typedef struct {
    ptrdiff_t offset;
    size_t length;
} ck_run;

// The most columns of a slim product.
enum { CK_SLIM_COLUMNS = 6 };

// What is done to a finished element.
enum { CK_IDENTITY, CK_RELU };

// z(i, j) = finish(sum over k of x(i, k) y(k, j) + bias(j)), strides and offsets in elements.
typedef struct {
    // Row i begins at x + (x_rows ? x_rows[i] : i x_stride); its elements are those of the runs, one after the other.
    // Where runs is null, there is the one run `whole`.
    const void *x;
    const ptrdiff_t *x_rows;
    ptrdiff_t x_stride;
    const ck_run *runs;
    size_t run_count;
    ck_run whole;
    // y(k, j) is y[k y_row_stride + j y_column_stride]; one of the two is 1. When y_packed is not null, it is used
    // instead.
    const void *y;
    ptrdiff_t y_row_stride, y_column_stride;
    // What ck_product_pack made of y.
    const void *y_packed;
    // Row i of the result begins at z + (z_rows ? z_rows[i] : i z_stride).
    void *z;
    const ptrdiff_t *z_rows;
    ptrdiff_t z_stride;
    // Rows, inner extent (the sum of the runs' lengths) and columns.
    size_t m, k, n;
    // n elements, or null.
    const void *bias;
    int finish;
    // Whether the products are added to what z holds, before the bias.
    int accumulate;
    // Whether the sums run along k, in lanes that are added up at the end: for few columns, which would leave a panel
    // almost empty, and runs no shorter than a vector. y's columns then lie along k, and y is not packed.
    int is_slim;
    // Which twin: ck_level(), read once for a product and what was packed for it.
    int level;
} ck_product;

// Bytes that ck_product_pack fills.
size_t ck_product_packed_bytes(const ck_product *p, int is_double);
// Lays y out as the kernel reads it, for products that use it again and again.
void ck_product_pack_f32(const ck_product *p, void *packed);
void ck_product_pack_f64(const ck_product *p, void *packed);

// Bytes of scratch memory that a call of ck_product_f32 or _f64 for so many rows uses.
size_t ck_product_scratch_bytes(const ck_product *p, size_t rows);
// The part of the product in rows row_0 ..< row_1 and columns column_0 ..< column_1.
void ck_product_f32(const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1, void *scratch);
void ck_product_f64(const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1, void *scratch);

// The same with the left side turned around: x_rows (or x_stride) and k count the rows of x that are summed over, the
// runs say which elements of each row make the m rows of the result: z = gather(x)^T y.
size_t ck_turned_product_scratch_bytes(void);
void ck_turned_product_f32(const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1,
    void *scratch);
void ck_turned_product_f64(const ck_product *p, size_t row_0, size_t row_1, size_t column_0, size_t column_1,
    void *scratch);

// y = x turned around: x has `rows` lines of `columns` elements, `x_step` apart; y's lines lie `y_step` apart.
void ck_turn_f32(const void *x, size_t rows, size_t columns, ptrdiff_t x_step, void *y, ptrdiff_t y_step);
void ck_turn_f64(const void *x, size_t rows, size_t columns, ptrdiff_t x_step, void *y, ptrdiff_t y_step);
