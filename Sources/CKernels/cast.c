// Conversions between all element types.
#include "twins.h"

CK_INLINE uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
CK_INLINE float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
#define CK_BITS bits_of
#define CK_FROM_BITS float_of

#define CK_SOURCE "cast.inc"
#include "twin_loop.h"

// Booleans are bytes of 0 and 1, which every type reads as those numbers. In the order of the type numbers.
#define TO_ALL(from)                                                                                            \
    switch (to) {                                                                                               \
    case CK_FLOAT32: return CK_PICK(cast_##from##_f32);                                                         \
    case CK_FLOAT64: return CK_PICK(cast_##from##_f64);                                                         \
    case CK_FLOAT16: return CK_PICK(cast_##from##_f16);                                                         \
    case CK_BFLOAT16: return CK_PICK(cast_##from##_bf16);                                                       \
    case CK_INT8: return CK_PICK(cast_##from##_i8);                                                             \
    case CK_INT16: return CK_PICK(cast_##from##_i16);                                                           \
    case CK_INT32: return CK_PICK(cast_##from##_i32);                                                           \
    case CK_INT64: return CK_PICK(cast_##from##_i64);                                                           \
    case CK_UINT8: return CK_PICK(cast_##from##_u8);                                                            \
    case CK_UINT16: return CK_PICK(cast_##from##_u16);                                                          \
    case CK_UINT32: return CK_PICK(cast_##from##_u32);                                                          \
    case CK_UINT64: return CK_PICK(cast_##from##_u64);                                                          \
    case CK_BOOL: return CK_PICK(cast_##from##_bool);                                                           \
    default: return NULL;                                                                                       \
    }

ck_unary_loop ck_cast(int from, int to) {
    switch (from) {
    case CK_FLOAT32: TO_ALL(f32)
    case CK_FLOAT64: TO_ALL(f64)
    case CK_FLOAT16: TO_ALL(f16)
    case CK_BFLOAT16: TO_ALL(bf16)
    case CK_INT8: TO_ALL(i8)
    case CK_INT16: TO_ALL(i16)
    case CK_INT32: TO_ALL(i32)
    case CK_INT64: TO_ALL(i64)
    case CK_UINT8:
    case CK_BOOL: TO_ALL(u8)
    case CK_UINT16: TO_ALL(u16)
    case CK_UINT32: TO_ALL(u32)
    case CK_UINT64: TO_ALL(u64)
    default: return NULL;
    }
}
