// Binary floating point to its shortest decimal.
#pragma once

#include "powers_of_ten.h"
#include "twins.h"

// A positive decimal: digits · 10^exponent.
typedef struct {
    uint64_t digits;
    int exponent;
} ck_shortest;

CK_INLINE int floor_log10_of_power_of_2(int e, int three_quarters) {
    // Exact for |e| < 1500: 1262611 / 2^22 is just above log10(2); 524031 / 2^22 is just above log10(4/3).
    return (int)(((int64_t)e * 1262611 - (three_quarters ? 524031 : 0)) >> 22);
}

// The top of x · power: floor, with the last bit set if anything was dropped. Narrow formats (at most 24 bits of m)
// need only 64 bits of the power, and x stays below 2^32.
CK_INLINE uint64_t product_to_odd(ck_power_of_ten power, uint64_t x, int wide) {
    if (!wide) {
        unsigned __int128 product = (unsigned __int128)x * power.high;
        return (uint64_t)(product >> 64) | ((uint64_t)product >> 32 > 1);
    }
    uint64_t below = (uint64_t)((unsigned __int128)x * power.low >> 64);
    unsigned __int128 product = (unsigned __int128)x * power.high + below;
    return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

// 10^exponent, rounded up where it is not exact: 5^55 is the last that is in 128 bits, 5^27 in 64.
CK_INLINE ck_power_of_ten power_rounded_up(int exponent, int wide) {
    ck_power_of_ten power = ck_power_floor[exponent - CK_POWER_MIN];
    if (wide) {
        int inexact = exponent < 0 || exponent > 55;
        power.low += (uint64_t)inexact;
        power.high += inexact && power.low == 0;
    } else {
        power.high += exponent < 0 || exponent > 27;
    }
    return power;
}

// The shortest decimal that lies nearer to m · 2^e than to any other number of its format, and of those the
// nearest one. `lower_closer`: the next number below is only half as far away as the one above.
// Giulietti, "The Schubfach way to render doubles" (2022).
static __attribute__((noinline)) ck_shortest shortest_exactly(uint64_t m, int e, int lower_closer, int wide) {
    int even = !(m & 1);
    int k = floor_log10_of_power_of_2(e, lower_closer);
    int shift = e + (int)((-k * 1741647) >> 19) + 1;  // floor(-k · log2(10)), exact for |k| < 1234
    ck_power_of_ten power = power_rounded_up(-k, wide);
    uint64_t lower = product_to_odd(power, (4 * m - 2 + (uint64_t)lower_closer) << shift, wide) + !even;
    uint64_t middle = product_to_odd(power, (4 * m) << shift, wide);
    uint64_t upper = product_to_odd(power, (4 * m + 2) << shift, wide) - !even;
    uint64_t s = middle / 4, tens = s / 10;
    if (s >= 10) {  // one digit less, if exactly one such number lies inside
        int low = lower <= 40 * tens, high = 40 * tens + 40 <= upper;
        if (low != high) return (ck_shortest){tens + (uint64_t)high, k + 1};
    }
    int low = lower <= 4 * s, high = 4 * s + 4 <= upper;
    if (low != high) return (ck_shortest){s + (uint64_t)high, k};
    uint64_t half = 4 * s + 2;
    return (ck_shortest){s + (middle > half || (middle == half && (s & 1))), k};
}

// The same by one multiplication, as long as nothing is so close to a border that its last bits matter. The digits
// may end in zeros. Without branches, since the digits of most numbers are random.
CK_INLINE ck_shortest shortest(uint64_t m, int e, int lower_closer, int wide) {
    int k = floor_log10_of_power_of_2(e, 0);
    int shift = e + (int)((-k * 1741647) >> 19) + 1;
    ck_power_of_ten power = power_rounded_up(-k, wide);
    // The number in units of 10^k, of which its distance to the next number is at least one and less than ten.
    uint64_t below = wide ? (uint64_t)((unsigned __int128)(m << shift) * power.low >> 64) : 0;
    unsigned __int128 product = (unsigned __int128)(m << shift) * power.high + below;
    uint64_t whole = (uint64_t)(product >> 64), fraction = (uint64_t)product;
    // Its distance to the next lower multiple of ten, and half the distance to the next number, in units of 2^-60.
    uint64_t unit = UINT64_C(1) << 60, tens = whole / 10, digit = whole - 10 * tens;
    uint64_t above_tens = digit << 60 | fraction >> 4, half = power.high >> (5 - shift);
    // Narrow numbers are multiplied by 64 bits of the power only, and m << shift has up to 28.
    uint64_t margin = wide ? 8 : UINT64_C(1) << 25, close = 2 * margin;
    int unsure = (above_tens - half + margin < close) | (10 * unit - above_tens - half + margin < close) |
                 ((fraction >> 4) - unit / 2 + margin < close) | (whole < 10) | lower_closer;
    if (__builtin_expect(unsure, 0)) return shortest_exactly(m, e, lower_closer, wide);
    int down = above_tens < half, up = 10 * unit - above_tens < half;
    uint64_t shorter = 10 * (tens + (uint64_t)up), nearest = whole + (fraction >> 63);
    return (ck_shortest){down | up ? shorter : nearest, k};
}
