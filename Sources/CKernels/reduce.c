// Reductions and scans of the middle one of three axes.
#include "twins.h"

#define CK_SOURCE "reduce.inc"
#include "twin_loop.h"

#define FLOATS(name)                             \
    case CK_FLOAT32: return CK_PICK(name##_f32); \
    case CK_FLOAT64: return CK_PICK(name##_f64);

#define WHOLES(name)                             \
    case CK_INT8: return CK_PICK(name##_i8);     \
    case CK_INT16: return CK_PICK(name##_i16);   \
    case CK_INT32: return CK_PICK(name##_i32);   \
    case CK_INT64: return CK_PICK(name##_i64);   \
    case CK_UINT8: return CK_PICK(name##_u8);    \
    case CK_UINT16: return CK_PICK(name##_u16);  \
    case CK_UINT32: return CK_PICK(name##_u32);  \
    case CK_UINT64: return CK_PICK(name##_u64);

#define CHOICE(type, name, types)                \
    type ck_##name(int dtype) {                  \
        switch (dtype) {                         \
            types                                \
        default: return NULL;                    \
        }                                        \
    }

static void sum_float(const void *x, void *y, size_t outer, size_t middle, size_t inner) {
    ck_sum_f32(x, y, outer, middle, inner);
}
static void sum_double(const void *x, void *y, size_t outer, size_t middle, size_t inner) {
    ck_sum_f64(x, y, outer, middle, inner);
}

CHOICE(ck_reduce_loop, reduce_sum,
       case CK_FLOAT32: return sum_float; case CK_FLOAT64: return sum_double; WHOLES(reduce_sum))
CHOICE(ck_reduce_loop, reduce_product, FLOATS(reduce_product) WHOLES(reduce_product))
CHOICE(ck_reduce_loop, reduce_max, FLOATS(reduce_max) WHOLES(reduce_max))
CHOICE(ck_reduce_loop, reduce_min, FLOATS(reduce_min) WHOLES(reduce_min))
CHOICE(ck_reduce_loop, reduce_any, case CK_BOOL: return CK_PICK(reduce_any_bool);)
CHOICE(ck_reduce_loop, reduce_all, case CK_BOOL: return CK_PICK(reduce_all_bool);)
CHOICE(ck_reduce_loop, argmax, FLOATS(argmax) WHOLES(argmax))
CHOICE(ck_reduce_loop, argmin, FLOATS(argmin) WHOLES(argmin))
CHOICE(ck_scan_loop, scan_sum, FLOATS(scan_sum) WHOLES(scan_sum))
CHOICE(ck_scan_loop, scan_product, FLOATS(scan_product) WHOLES(scan_product))

// Questions about all elements, in blocks so that a loop is a vector loop and ends early.
#define ASK(T, expression)                                             \
    do {                                                               \
        const T *p = x;                                                \
        for (size_t start = 0; start < n; start += 1024) {             \
            const size_t end = n - start < 1024 ? n : start + 1024;    \
            int found = 0;                                             \
            for (size_t i = start; i < end; i++) found |= expression;  \
            if (found) return 1;                                       \
        }                                                              \
        return 0;                                                      \
    } while (0)

int ck_contains_zero(const void *x, size_t n, size_t size) {
    switch (size) {
    case 1: ASK(uint8_t, p[i] == 0);
    case 2: ASK(uint16_t, p[i] == 0);
    case 4: ASK(uint32_t, p[i] == 0);
    default: ASK(uint64_t, p[i] == 0);
    }
}

int ck_contains_negative(const void *x, size_t n, int dtype) {
    switch (dtype) {
    case CK_INT8: ASK(int8_t, p[i] < 0);
    case CK_INT16: ASK(int16_t, p[i] < 0);
    case CK_INT32: ASK(int32_t, p[i] < 0);
    case CK_INT64: ASK(int64_t, p[i] < 0);
    default: return 0;
    }
}

static int contains_not_finite(const void *x, size_t n, int dtype) {
    switch (dtype) {
    case CK_FLOAT16: ASK(uint16_t, (p[i] & 0x7c00) == 0x7c00);
    case CK_BFLOAT16: ASK(uint16_t, (p[i] & 0x7f80) == 0x7f80);
    case CK_FLOAT32: ASK(uint32_t, (p[i] & 0x7f800000) == 0x7f800000);
    case CK_FLOAT64: ASK(uint64_t, (p[i] & 0x7ff0000000000000) == 0x7ff0000000000000);
    default: return 0;
    }
}

int ck_all_finite(const void *x, size_t n, int dtype) { return !contains_not_finite(x, n, dtype); }
