#include "twins.h"

static int active_level;

int ck_level_max(void) {
#if CK_HAS_AVX2
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
#else
    return 0;
#endif
}

__attribute__((constructor)) static void choose_level(void) { active_level = ck_level_max(); }

int ck_level(void) { return active_level; }

void ck_set_level(int level) {
    int max = ck_level_max();
    active_level = level > max ? max : level;
}
