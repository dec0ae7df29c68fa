// Numbers to their shortest text. See numbers.h.
#include "numbers.h"

#include "shortest_decimal.h"

static const char pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
    "5556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
    "99";

CK_INLINE int count_digits(uint64_t x) {
    static const uint64_t tens[20] = {
        0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
        1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
        1000000000000000000, UINT64_C(10000000000000000000)};
    int guess = (64 - __builtin_clzll(x | 1)) * 1233 >> 12;  // log10(2) is 1233 / 4096
    return guess + (guess == 0 || x >= tens[guess]);
}

// The eight digits of x < 10^8 as bytes 0 to 9, the first one lowest: halves, quarters and digits side by side.
CK_INLINE uint64_t eight_digits(uint64_t x) {
    uint64_t halves = x / 10000 | (x % 10000) << 32;
    uint64_t hundreds = (halves * 10486 >> 20) & 0x0000007F0000007F;  // a hundredth, exact below 10000
    uint64_t quarters = hundreds | (halves - 100 * hundreds) << 16;
    uint64_t tens = (quarters * 103 >> 10) & 0x000F000F000F000F;  // a tenth, exact below 100
    return tens | (quarters - 10 * tens) << 8;
}

CK_INLINE uint8_t *put_whole(uint8_t *text, uint64_t x) {
    int count = count_digits(x);
    uint8_t *end = text + count;
    for (; count >= 2; count -= 2, x /= 100) memcpy(text + count - 2, pairs + 2 * (x % 100), 2);
    if (count) *text = (uint8_t)('0' + x);
    return end;
}

// count_digits, faster for as many digits as normal numbers have before their zeros are dropped.
CK_INLINE int usual_count(uint64_t x, int wide) {
    uint64_t least = wide ? UINT64_C(1000000000000000) : 1000000;
    if (__builtin_expect(x < least, 0)) return count_digits(x);
    return wide ? 16 + (x >= 10 * least) : 7 + (x >= 10 * least) + (x >= 100 * least);
}

// A decimal's digits as text, nine or seventeen of them, padded with zeros at the back, and where its point stands.
typedef struct {
    uint64_t first, second, third;  // one digit, eight and eight
    int point, significant;
} digits;

CK_INLINE digits digits_of(ck_shortest x, int wide) {
    static const uint64_t tens[18] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
        1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000};
    static const uint64_t zeros = 0x3030303030303030;
    int count = usual_count(x.digits, wide), point = count + x.exponent;
    if (wide) {
        uint64_t padded = x.digits * tens[17 - count], rest = padded % 10000000000000000;
        uint64_t second = eight_digits(rest / 100000000), third = eight_digits(rest % 100000000);
        int significant = third ? 17 - __builtin_clzll(third) / 8 : second ? 9 - __builtin_clzll(second) / 8 : 1;
        return (digits){'0' + padded / 10000000000000000, second | zeros, third | zeros, point, significant};
    }
    uint64_t padded = x.digits * tens[9 - count], second = eight_digits(padded % 100000000);
    int significant = second ? 9 - __builtin_clzll(second) / 8 : 1;
    return (digits){'0' + padded / 100000000, second | zeros, zeros, point, significant};
}

// Stores the digits where they belong, never to read them back: loads of what was just stored in other pieces stall.
CK_INLINE void store_digits(uint8_t *text, const digits *d) {
    *text = (uint8_t)d->first;
    memcpy(text + 1, &d->second, 8);
    memcpy(text + 9, &d->third, 8);
}

// Writes d; text beyond it, within CK_NUMBER_TEXT_MAX, may be overwritten.
CK_INLINE uint8_t *put_digits(uint8_t *text, const digits *d) {
    int point = d->point, significant = d->significant;
    if (point > 16 || point < -3) {
        store_digits(text + 1, d);
        text[0] = (uint8_t)d->first;
        text[1] = '.';
        text += significant > 1 ? significant + 1 : 1;
        *text++ = 'e';
        *text = '-';
        text += point < 1;
        return put_whole(text, (uint64_t)(point < 1 ? 1 - point : point - 1));
    }
    if (point <= 0) {
        memcpy(text, "0.000", 5);
        store_digits(text + 2 - point, d);
        return text + 2 - point + significant;
    }
    if (point < significant) {
        store_digits(text + 1, d);
        if (point < 8) {
            uint64_t front = d->first | d->second << 8, before = (UINT64_C(1) << 8 * point) - 1;
            front = (front & before) | (front & ~before) << 8 | (uint64_t)'.' << 8 * point;
            memcpy(text, &front, 8);
        } else {
            for (int i = 0; i < point; i++) text[i] = text[i + 1];
            text[point] = '.';
        }
        return text + significant + 1;
    }
    store_digits(text, d);
    memcpy(text + point, ".0", 2);
    return text + point + 2;
}

// The parts of a number in a format with `fraction` stored bits of fraction and `exponents` bits of exponent.
typedef struct {
    uint64_t fraction;
    int exponent, negative, finite;
} parts;

CK_INLINE parts parts_of(uint64_t bits, int fraction, int exponents) {
    int biased = (int)(bits >> fraction) & ((1 << exponents) - 1);
    return (parts){
        bits & ((UINT64_C(1) << fraction) - 1), biased, (int)(bits >> (fraction + exponents)) & 1,
        biased != (1 << exponents) - 1};
}

CK_INLINE uint8_t *put_not_finite(uint8_t *text, parts x) {
    const char *name = x.fraction ? "\"NaN\"" : x.negative ? "\"-Infinity\"" : "\"Infinity\"";
    size_t count = strlen(name);
    memcpy(text, name, count);
    return text + count;
}

// Writes n numbers of a format whose smallest positive one is 2^least. In blocks, first digits, then text: where
// one text ends, and so where the next is stored, comes out of a long chain that would else hold up the next digits.
CK_INLINE uint8_t *write_reals(
    uint8_t *text, const uint8_t *x, size_t n, size_t bytes, int fraction, int exponents, int least) {
    enum { BLOCK = 16 };
    int wide = fraction > 23;
    for (size_t start = 0; start < n; start += BLOCK) {
        parts part[BLOCK];
        digits d[BLOCK];
        size_t count = n - start < BLOCK ? n - start : BLOCK;
        for (size_t i = 0; i < count; i++) {
            uint64_t bits = 0;
            memcpy(&bits, x + (start + i) * bytes, bytes);
            parts p = part[i] = parts_of(bits, fraction, exponents);
            uint64_t m = p.fraction | (uint64_t)(p.exponent != 0) << fraction;
            int e = least + (p.exponent ? p.exponent - 1 : 0);
            int lower_closer = p.fraction == 0 && p.exponent > 1;
            d[i] = digits_of(p.finite && m ? shortest(m, e, lower_closer, wide) : (ck_shortest){0, 0}, wide);
        }
        for (size_t i = 0; i < count; i++) {
            *text = ',';
            text += start + i > 0;
            if (!part[i].finite) {
                text = put_not_finite(text, part[i]);
                continue;
            }
            *text = '-';
            text = put_digits(text + part[i].negative, &d[i]);
        }
    }
    return text;
}

#define WRITE_LOOP(type, put)                                 \
    for (size_t i = 0; i < n; i++) {                          \
        if (i) *p++ = ',';                                    \
        type value;                                           \
        memcpy(&value, (const type *)x + i, sizeof value);    \
        p = put;                                              \
    }                                                         \
    break

CK_INLINE uint8_t *put_signed(uint8_t *text, int64_t x) {
    *text = '-';
    return put_whole(text + (x < 0), x < 0 ? -(uint64_t)x : (uint64_t)x);
}

CK_INLINE uint8_t *put_bool(uint8_t *text, int x) {
    memcpy(text, x ? "true" : "false", x ? 4 : 5);
    return text + (x ? 4 : 5);
}

size_t ck_write_numbers(int dtype, const void *x, size_t n, uint8_t *text) {
    uint8_t *p = text;
    switch (dtype) {
    case CK_FLOAT32: p = write_reals(p, x, n, 4, 23, 8, -149); break;
    case CK_FLOAT64: p = write_reals(p, x, n, 8, 52, 11, -1074); break;
    case CK_FLOAT16: p = write_reals(p, x, n, 2, 10, 5, -24); break;
    case CK_BFLOAT16: p = write_reals(p, x, n, 2, 7, 8, -133); break;
    case CK_INT8: WRITE_LOOP(int8_t, put_signed(p, value));
    case CK_INT16: WRITE_LOOP(int16_t, put_signed(p, value));
    case CK_INT32: WRITE_LOOP(int32_t, put_signed(p, value));
    case CK_INT64: WRITE_LOOP(int64_t, put_signed(p, value));
    case CK_UINT8: WRITE_LOOP(uint8_t, put_whole(p, value));
    case CK_UINT16: WRITE_LOOP(uint16_t, put_whole(p, value));
    case CK_UINT32: WRITE_LOOP(uint32_t, put_whole(p, value));
    case CK_UINT64: WRITE_LOOP(uint64_t, put_whole(p, value));
    case CK_BOOL: WRITE_LOOP(uint8_t, put_bool(p, value));
    }
    return (size_t)(p - text);
}
