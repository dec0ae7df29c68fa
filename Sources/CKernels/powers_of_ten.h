// The leading 128 bits of every power of ten that a double can meet.
#pragma once

#include <stdint.h>

enum { CK_POWER_MIN = -342, CK_POWER_MAX = 324 };

typedef struct {
    uint64_t high, low;
} ck_power_of_ten;

// 10^e = 2^(…) · 1.…, cut off after 128 bits; the top bit is set.
extern ck_power_of_ten ck_power_floor[CK_POWER_MAX - CK_POWER_MIN + 1];
