// Includes CK_SOURCE once per twin. No include guard: every family includes this. With CK_WIDE there is a
// third twin, for AVX-512; families bound by arithmetic ask for it.
#define CK_TWIN portable
#define CK_LANES 4
#define CK_FUSED 0
#include CK_SOURCE
#undef CK_TWIN
#undef CK_LANES
#undef CK_FUSED

#if CK_HAS_AVX2
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define CK_TWIN avx2
#define CK_LANES 8
#define CK_FUSED 1
#include CK_SOURCE
#undef CK_TWIN
#undef CK_LANES
#undef CK_FUSED
#pragma clang attribute pop
#endif
#if CK_HAS_AVX2 && defined(CK_WIDE)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define CK_TWIN avx512
#define CK_LANES 16
#define CK_FUSED 1
#include CK_SOURCE
#undef CK_TWIN
#undef CK_LANES
#undef CK_FUSED
#pragma clang attribute pop
#endif
#undef CK_SOURCE
