// The rare and the long: decimals that no machine word settles.
#include "decimal.h"

#include <string.h>

// A whole number of up to 4608 bits, lowest word first. The longest that occur are 800 digits times 2^1076, and
// 2^55 times 10^1145: below 3900 bits each.
enum { WORDS = 72, DIGITS_MAX = 800 };

typedef struct {
    uint64_t word[WORDS];
    int count;
} whole;

static void multiply_add(whole *x, uint64_t factor, uint64_t addend) {
    unsigned __int128 carry = addend;
    for (int i = 0; i < x->count; i++) {
        carry += (unsigned __int128)x->word[i] * factor;
        x->word[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry && x->count < WORDS) x->word[x->count++] = (uint64_t)carry;
}

static void multiply_by_power_of_five(whole *x, int64_t exponent) {
    for (; exponent >= 27; exponent -= 27) multiply_add(x, UINT64_C(7450580596923828125), 0);
    uint64_t rest = 1;
    for (; exponent > 0; exponent--) rest *= 5;
    multiply_add(x, rest, 0);
}

static void shift_left(whole *x, int64_t bits) {
    int words = (int)(bits / 64), rest = (int)(bits % 64);
    if (x->count == 0 || x->count + words + 1 > WORDS) return;
    memmove(x->word + words, x->word, (size_t)x->count * 8);
    memset(x->word, 0, (size_t)words * 8);
    x->count += words;
    if (rest) multiply_add(x, UINT64_C(1) << rest, 0);
}

static int compare(const whole *x, const whole *y) {
    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    for (int i = x->count - 1; i >= 0; i--)
        if (x->word[i] != y->word[i]) return x->word[i] < y->word[i] ? -1 : 1;
    return 0;
}

// Reads the digits again, up to DIGITS_MAX significant ones; returns the power of ten that their whole number
// is to be multiplied with. `more`: something that is not zero follows.
static int64_t read_digits(const ck_decimal *d, whole *x, int *more) {
    // w and its exponent already know where the point is: the first digit of w stands at 10^top.
    int64_t top = d->exponent;
    for (uint64_t w = d->w; w >= 10; w /= 10) top++;
    int64_t count = 0;
    uint64_t part = 0, scale = 1;
    *more = 0;
    for (const uint8_t *p = d->digits; p < d->end; p++) {
        if (*p == '.') continue;
        unsigned digit = (unsigned)*p - '0';
        if (digit > 9) break;
        if (count == 0 && digit == 0) continue;
        if (count == DIGITS_MAX) {
            if (digit == 0) continue;
            *more = 1;
            break;
        }
        count++;
        part = part * 10 + digit;
        scale *= 10;
        if (scale == UINT64_C(1000000000000000000)) {
            multiply_add(x, scale, part);
            part = 0;
            scale = 1;
        }
    }
    multiply_add(x, scale, part);
    return top - count + 1;
}

int ck_compare_decimal(const ck_decimal *decimal, uint64_t m, int e) {
    whole x = {{0}, 0}, y = {{m}, m != 0};
    int more;
    int64_t exponent = read_digits(decimal, &x, &more);
    if (x.count == 0 || y.count == 0) return (x.count != 0 || more) - (y.count != 0);
    // x · 5^exponent · 2^(exponent - e) against y, with each factor moved to the side where it is whole.
    multiply_by_power_of_five(exponent > 0 ? &x : &y, exponent > 0 ? exponent : -exponent);
    int64_t shift = exponent - e;
    shift_left(shift > 0 ? &x : &y, shift > 0 ? shift : -shift);
    int order = compare(&x, &y);
    return order ? order : more;
}

// |d| = *m · 2^(the result), d finite.
static int split(double d, uint64_t *m) {
    uint64_t bits = ck_bits_of_double(d) & INT64_MAX;
    int biased = (int)(bits >> 52);
    *m = (bits & 0xFFFFFFFFFFFFF) | (uint64_t)(biased != 0) << 52;
    return (biased ? biased : 1) - 1075;
}

double ck_long_decimal_to_double(const ck_decimal *d) {
    double below = ck_eisel_lemire(d->w, d->exponent), above = ck_eisel_lemire(d->w + 1, d->exponent);
    if (below == above) return below;
    uint64_t m;
    int e = split(below, &m);
    int order = ck_compare_decimal(d, 2 * m + 1, e - 1);
    return order > 0 || (order == 0 && (m & 1)) ? above : below;
}

void ck_keep_19_digits(ck_decimal *d, int64_t exponent) {
    int count = 0;
    d->w = 0;
    d->exponent = exponent;
    for (const uint8_t *p = d->digits; p < d->end; p++) {
        if (*p == '.') continue;
        unsigned digit = (unsigned)*p - '0';
        if (digit > 9) break;
        if (count == 0 && digit == 0) continue;
        if (count < 19) {
            d->w = d->w * 10 + digit;
            count++;
        } else {
            d->exponent++;
            d->cut |= digit != 0;
        }
    }
}

int ck_whole_number(const ck_decimal *d, uint64_t *value) {
    *value = 0;
    if (d->w == 0) return 1;
    int64_t place = d->exponent;
    for (uint64_t w = d->w; w >= 10; w /= 10) place++;
    if (place > 19) return 0;
    int begun = 0;
    const uint8_t *p = d->digits;
    for (; p < d->end; p++) {
        if (*p == '.') continue;
        unsigned digit = (unsigned)*p - '0';
        if (digit > 9) break;
        begun |= digit != 0;
        if (!begun) continue;
        if (place < 0) {
            if (digit != 0) return 0;
        } else if (__builtin_mul_overflow(*value, 10, value) || __builtin_add_overflow(*value, digit, value)) {
            return 0;
        }
        place--;
    }
    for (; place >= 0; place--)
        if (__builtin_mul_overflow(*value, 10, value)) return 0;
    return 1;
}

int ck_side_of_double(const ck_decimal *decimal, double d) {
    if (decimal->w <= UINT64_C(1) << 53 && !decimal->cut) {
        // Exact factors again: the fused operation's sign is that of the exact difference.
        double w = (double)decimal->w, difference;
        int64_t q = decimal->exponent;
        if (q >= -22 && q <= 22) {
            difference = q < 0 ? fma(-d, ck_exact_powers[-q], w) : fma(w, ck_exact_powers[q], -d);
            return (difference > 0) - (difference < 0);
        }
    }
    uint64_t m;
    int e = split(d, &m);
    return ck_compare_decimal(decimal, m, e);
}

double ck_round_on(const ck_decimal *decimal, double d, int precision, int exponent_min) {
    if (d == 0 || isinf(d)) return d;
    uint64_t m;
    int e = split(d, &m);
    // d lies in [2^top, 2^(top + 1)); the format's last place there is 2^last.
    int top = e + 63 - __builtin_clzll(m);
    int last = (top > exponent_min ? top : exponent_min) - (precision - 1);
    int drop = last - e;
    if (drop <= 0) return d;
    if (drop > 54) return 0;
    uint64_t kept = m >> drop, rest = m & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
    if (rest > half) kept++;
    if (rest == half) {
        int side = ck_side_of_double(decimal, d);
        kept += side > 0 || (side == 0 && (kept & 1));
    }
    return ldexp((double)kept, last);
}
