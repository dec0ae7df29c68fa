#include "twins.h"

static int best_level;
static _Thread_local int lowered_by;

int ck_level_max(void) {
#if CK_HAS_AVX2
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
               ? 2
               : 1;
#else
    return 0;
#endif
}

__attribute__((constructor)) static void choose_level(void) { best_level = ck_level_max(); }

int ck_level(void) { return best_level - lowered_by; }

void ck_set_level(int level) { lowered_by = level < best_level ? best_level - level : 0; }
