// Decimal text to binary floating point.
#pragma once

#include <math.h>
#include <stdint.h>

#include "powers_of_ten.h"

// (-1)^negative · w · 10^exponent. When the text has more than 19 significant digits, w holds the first 19 and
// `cut` says that the others are not all zero.
typedef struct {
    uint64_t w;
    int64_t exponent;
    const uint8_t *digits;  // the text after its sign
    const uint8_t *end;     // the end of the text that may be read
    int negative, cut;
} ck_decimal;

// The sign of |decimal| - m · 2^e, exactly. The two must be neighbours, m < 2^55.
int ck_compare_decimal(const ck_decimal *decimal, uint64_t m, int e);

// The double next to |decimal|, for any length of it.
double ck_long_decimal_to_double(const ck_decimal *decimal);

static const double ck_exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                         1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static inline double ck_double_from_bits(uint64_t bits) {
    union { uint64_t bits; double value; } u = {bits};
    return u.value;
}

static inline uint64_t ck_bits_of_double(double value) {
    union { double value; uint64_t bits; } u = {value};
    return u.bits;
}

// The double next to w · 10^q: w times the leading bits of 10^q, of which 128 are always enough.
// Lemire, "Number parsing at a gigabyte per second" (2021); Mushtak and Lemire, "Fast number parsing without
// fallback" (2023).
static inline double ck_eisel_lemire(uint64_t w, int64_t q) {
    if (w == 0 || q < CK_POWER_MIN) return 0;
    if (q > 308) return INFINITY;
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    ck_power_of_ten power = ck_power_floor[q - CK_POWER_MIN];
    // The proof wants small negative powers rounded up. That their low word is never all ones was looked at.
    power.low += q < 0 && q >= -27;
    unsigned __int128 product = (unsigned __int128)w * power.high;
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1FF) == 0x1FF) {
        uint64_t more = (uint64_t)((unsigned __int128)w * power.low >> 64);
        low += more;
        high += low < more;
    }
    int upper = (int)(high >> 63);
    uint64_t m = high >> (upper + 9);  // 54 bits: the 53 of a double and one to round by
    // floor(q · log2(10)) + 63, exact for all q of the table.
    int biased = (int)((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (biased <= 0) {  // subnormal
        if (1 - biased >= 64) return 0;
        m >>= 1 - biased;
        m += m & 1;
        // A carry into bit 52 is just the smallest normal number.
        return ck_double_from_bits(m >> 1);
    }
    // A tie is possible only where 5^|q| is short; then the product is exact, and nothing may lie below m.
    if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << (upper + 9) == high) m &= ~UINT64_C(1);
    m += m & 1;
    m >>= 1;
    if (m >> 53) {
        m >>= 1;
        biased++;
    }
    if (biased >= 0x7FF) return INFINITY;
    return ck_double_from_bits((m & 0xFFFFFFFFFFFFF) | (uint64_t)biased << 52);
}

// The double next to |decimal|.
static inline double ck_decimal_to_double(const ck_decimal *d) {
    // Both factors exact: one rounding (Clinger, 1990).
    if (d->w <= UINT64_C(1) << 53 && d->exponent >= -22 && d->exponent <= 22 && !d->cut)
        return d->exponent < 0 ? (double)d->w / ck_exact_powers[-d->exponent]
                               : (double)d->w * ck_exact_powers[d->exponent];
    if (!d->cut) return ck_eisel_lemire(d->w, d->exponent);
    return ck_long_decimal_to_double(d);
}

// Which side of the double d, as just made from it, the decimal lies on: -1, 0, 1.
int ck_side_of_double(const ck_decimal *decimal, double d);

// Rounds the double d, made from `decimal`, on to a format of `precision` bits whose smallest normal number is
// 2^exponent_min; all its finite values are doubles too. Only where d lies just between two of them could rounding a second
// time go wrong, and there the decimal itself decides.
double ck_round_on(const ck_decimal *decimal, double d, int precision, int exponent_min);

// Called when the text has more than 19 digits, leading zeros among them; `exponent` is that of its last one.
void ck_keep_19_digits(ck_decimal *decimal, int64_t exponent);

// |decimal| as a whole number; false when it is none, or is 2^64 or more.
int ck_whole_number(const ck_decimal *decimal, uint64_t *value);
