// Reductions and scans of the middle axis of x [outer, middle, inner]. The order depends on the sizes only.
#pragma once

// Into y [outer, inner].
typedef void (*ck_reduce_loop)(const void *x, void *y, size_t outer, size_t middle, size_t inner);

ck_reduce_loop ck_reduce_sum(int dtype);      // numbers; whole ones wrap around
ck_reduce_loop ck_reduce_product(int dtype);  // numbers
ck_reduce_loop ck_reduce_max(int dtype);      // numbers; NaN where one is; of nothing, the least value
ck_reduce_loop ck_reduce_min(int dtype);
ck_reduce_loop ck_reduce_any(int dtype);      // booleans
ck_reduce_loop ck_reduce_all(int dtype);
// Into int64: the place of the first greatest or least; a NaN is either. `middle` is at least 1.
ck_reduce_loop ck_argmax(int dtype);
ck_reduce_loop ck_argmin(int dtype);

// Into y of x's shape: what has come up to each element, itself included or not, from the start or from the end.
typedef void (*ck_scan_loop)(const void *x, void *y, size_t outer, size_t middle, size_t inner, int exclusive,
                             int reverse);

ck_scan_loop ck_scan_sum(int dtype);
ck_scan_loop ck_scan_product(int dtype);

// Whether an element of `size` bytes is all zero bits; whether a signed whole number is below zero; whether no float (of
// any width; other types never are) is infinite or NaN.
int ck_contains_zero(const void *x, size_t n, size_t size);
int ck_contains_negative(const void *x, size_t n, int dtype);
int ck_all_finite(const void *x, size_t n, int dtype);
