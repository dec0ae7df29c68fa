// Reading numbers into an element type. See numbers.h.
#include "twins.h"

#include "decimal.h"

static inline float sign_f32(float x, int negative) { return negative ? -x : x; }

static inline int store_f64(const ck_decimal *d, double *z) {
    double x = ck_decimal_to_double(d);
    if (isinf(x)) return 0;
    *z = d->negative ? -x : x;
    return 1;
}

static inline int store_f32(const ck_decimal *d, float *z) {
    double x = ck_decimal_to_double(d);
    // Rounded twice, wrong only from a border between two floats, or among the subnormal ones, whose borders lie elsewhere.
    if ((ck_bits_of_double(x) & 0x1FFFFFFF) == 0x10000000 || x < 0x1p-126) x = ck_round_on(d, x, 24, -126);
    float nearest = (float)x;
    if (isinf(nearest)) return 0;
    *z = sign_f32(nearest, d->negative);
    return 1;
}

static inline uint32_t bits_of_float(float value) {
    union { float value; uint32_t bits; } u = {value};
    return u.bits;
}

static int store_f16(const ck_decimal *d, uint16_t *z) {
    double x = ck_round_on(d, ck_decimal_to_double(d), 11, -14);
    if (x > 65504) return 0;
    uint16_t bits;
    if (x < 0x1p-14)
        bits = (uint16_t)(x * 0x1p24);
    else  // the exponent's bias goes from 127 to 15
        bits = (uint16_t)((bits_of_float((float)x) >> 13) - ((127 - 15) << 10));
    *z = bits | (uint16_t)(d->negative << 15);
    return 1;
}

static int store_bf16(const ck_decimal *d, uint16_t *z) {
    double x = ck_round_on(d, ck_decimal_to_double(d), 8, -126);
    if (x > 0x1.FEp127) return 0;
    *z = (uint16_t)(bits_of_float((float)x) >> 16) | (uint16_t)(d->negative << 15);
    return 1;
}

// |min| and max of each type; min is never lost, since -0 is 0.
static inline int whole_number(const ck_decimal *d, uint64_t below, uint64_t above, uint64_t *bits) {
    if (d->exponent == 0 && !d->cut)
        *bits = d->w;
    else if (!ck_whole_number(d, bits))
        return 0;
    if (*bits > (d->negative ? below : above)) return 0;
    if (d->negative) *bits = -*bits;
    return 1;
}

#define STORE_WHOLE(name, type, below, above)                          \
    static inline int store_##name(const ck_decimal *d, type *z) {     \
        uint64_t bits;                                                 \
        if (!whole_number(d, below, above, &bits)) return 0;           \
        *z = (type)bits;                                               \
        return 1;                                                      \
    }
STORE_WHOLE(i8, int8_t, 128, INT8_MAX)
STORE_WHOLE(i16, int16_t, 32768, INT16_MAX)
STORE_WHOLE(i32, int32_t, UINT64_C(1) << 31, INT32_MAX)
STORE_WHOLE(i64, int64_t, UINT64_C(1) << 63, INT64_MAX)
STORE_WHOLE(u8, uint8_t, 0, UINT8_MAX)
STORE_WHOLE(u16, uint16_t, 0, UINT16_MAX)
STORE_WHOLE(u32, uint32_t, 0, UINT32_MAX)
STORE_WHOLE(u64, uint64_t, 0, UINT64_MAX)

#define CK_SOURCE "scan_numbers.inc"
#include "twin_loop.h"

ck_number_run ck_read_numbers(int dtype, const uint8_t *text, const uint8_t *end, void *z, size_t capacity) {
    switch (dtype) {
    case CK_FLOAT32: return CK_PICK(read_f32)(text, end, z, capacity);
    case CK_FLOAT64: return CK_PICK(read_f64)(text, end, z, capacity);
    case CK_FLOAT16: return CK_PICK(read_f16)(text, end, z, capacity);
    case CK_BFLOAT16: return CK_PICK(read_bf16)(text, end, z, capacity);
    case CK_INT8: return CK_PICK(read_i8)(text, end, z, capacity);
    case CK_INT16: return CK_PICK(read_i16)(text, end, z, capacity);
    case CK_INT32: return CK_PICK(read_i32)(text, end, z, capacity);
    case CK_INT64: return CK_PICK(read_i64)(text, end, z, capacity);
    case CK_UINT8: return CK_PICK(read_u8)(text, end, z, capacity);
    case CK_UINT16: return CK_PICK(read_u16)(text, end, z, capacity);
    case CK_UINT32: return CK_PICK(read_u32)(text, end, z, capacity);
    case CK_UINT64: return CK_PICK(read_u64)(text, end, z, capacity);
    default: return (ck_number_run){text, 0, CK_RUN_OTHER};
    }
}

static int store(int dtype, const ck_decimal *d, void *z) {
    switch (dtype) {
    case CK_FLOAT32: return store_f32(d, z);
    case CK_FLOAT64: return store_f64(d, z);
    case CK_FLOAT16: return store_f16(d, z);
    case CK_BFLOAT16: return store_bf16(d, z);
    case CK_INT8: return store_i8(d, z);
    case CK_INT16: return store_i16(d, z);
    case CK_INT32: return store_i32(d, z);
    case CK_INT64: return store_i64(d, z);
    case CK_UINT8: return store_u8(d, z);
    case CK_UINT16: return store_u16(d, z);
    case CK_UINT32: return store_u32(d, z);
    case CK_UINT64: return store_u64(d, z);
    default: return dtype == -1;
    }
}

ck_number_run ck_read_number(int dtype, const uint8_t *text, const uint8_t *end, void *z) {
    const uint8_t *next = text;
    ck_decimal d;
    if (text == end || (*text != '-' && (unsigned)*text - '0' > 9)) return (ck_number_run){text, 0, CK_RUN_OTHER};
    if (!CK_PICK(read_decimal)(&next, end, &d)) return (ck_number_run){next, 0, CK_RUN_MALFORMED};
    if (!store(dtype, &d, z)) return (ck_number_run){text, 0, CK_RUN_RANGE};
    return (ck_number_run){next, 1, CK_RUN_ENDED};
}
