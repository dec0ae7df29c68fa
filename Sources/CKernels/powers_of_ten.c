// 10^e and 5^e share their leading bits, so this multiplies and divides by five, in whole numbers long enough
// to be exact, and keeps the top 128 bits. About 0.1 ms, once, before main; a table in the source could not be checked
// by eye.
#include "powers_of_ten.h"

#include <string.h>

ck_power_of_ten ck_power_floor[CK_POWER_MAX - CK_POWER_MIN + 1];

// Words of the long numbers, lowest first. 5^324 has 753 bits; 2^1216 / 5^342 has 422 left.
enum { WORDS = 20 };

static ck_power_of_ten leading_bits(const uint64_t *x) {
    int top = WORDS - 1;
    while (x[top] == 0) top--;
    int shift = __builtin_clzll(x[top]);
    uint64_t words[3] = {x[top], top > 0 ? x[top - 1] : 0, top > 1 ? x[top - 2] : 0};
    if (shift == 0) return (ck_power_of_ten){words[0], words[1]};
    return (ck_power_of_ten){words[0] << shift | words[1] >> (64 - shift), words[1] << shift | words[2] >> (64 - shift)};
}

__attribute__((constructor)) static void fill_powers(void) {
    uint64_t x[WORDS] = {1};
    for (int exponent = 0; exponent <= CK_POWER_MAX; exponent++) {
        ck_power_floor[exponent - CK_POWER_MIN] = leading_bits(x);
        unsigned __int128 carry = 0;
        for (int i = 0; i < WORDS; i++) {
            carry += (unsigned __int128)x[i] * 5;
            x[i] = (uint64_t)carry;
            carry >>= 64;
        }
    }
    memset(x, 0, sizeof x);
    x[WORDS - 1] = 1;
    for (int exponent = -1; exponent >= CK_POWER_MIN; exponent--) {
        uint64_t remainder = 0;
        for (int i = WORDS - 1; i >= 0; i--) {
            unsigned __int128 part = (unsigned __int128)remainder << 64 | x[i];
            x[i] = (uint64_t)(part / 5);
            remainder = (uint64_t)(part % 5);
        }
        ck_power_floor[exponent - CK_POWER_MIN] = leading_bits(x);
    }
}
