// CRC-32C: the processor's instruction where there is one (SSE4.2), slicing by eight elsewhere.
#include "twins.h"

static uint32_t table[8][256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0);
        table[0][i] = crc;
    }
    for (int slice = 1; slice < 8; slice++)
        for (int i = 0; i < 256; i++)
            table[slice][i] = (table[slice - 1][i] >> 8) ^ table[0][table[slice - 1][i] & 255];
}

static uint32_t crc32c_portable(uint32_t crc, const uint8_t *p, size_t n) {
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + 4, 4);
        low ^= crc;
        crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^ table[4][low >> 24] ^
              table[3][high & 255] ^ table[2][high >> 8 & 255] ^ table[1][high >> 16 & 255] ^ table[0][high >> 24];
    }
    for (; n > 0; n--, p++) crc = (crc >> 8) ^ table[0][(crc ^ *p) & 255];
    return crc;
}

#if CK_HAS_AVX2
// Every processor with AVX2 has SSE4.2. One instruction has a latency of three cycles, so long runs are cut
// into three lanes; a lane's result is moved past the next lane's bytes by a multiplication of polynomials.
__attribute__((target("sse4.2"))) static uint32_t crc32c_run(uint32_t crc, const uint8_t *p, size_t n) {
    uint64_t c = crc;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    crc = (uint32_t)c;
    for (; n > 0; n--, p++) crc = __builtin_ia32_crc32qi(crc, *p);
    return crc;
}

enum { LANE = 4096 };
static uint32_t past_lane[4][256];

__attribute__((constructor)) static void fill_past_lane(void) {
    // What LANE zero bytes do to each bit of a CRC; by linearity the rest is addition.
    static const uint8_t zeros[LANE];
    uint32_t bit_after[32];
    fill_table();
    for (int bit = 0; bit < 32; bit++) bit_after[bit] = crc32c_portable(1u << bit, zeros, LANE);
    for (int byte = 0; byte < 4; byte++)
        for (int value = 0; value < 256; value++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++)
                if (value >> bit & 1) sum ^= bit_after[byte * 8 + bit];
            past_lane[byte][value] = sum;
        }
}

static inline uint32_t move_past_lane(uint32_t crc) {
    return past_lane[0][crc & 255] ^ past_lane[1][crc >> 8 & 255] ^ past_lane[2][crc >> 16 & 255] ^
           past_lane[3][crc >> 24];
}

__attribute__((target("sse4.2"))) static uint32_t crc32c_avx2(uint32_t crc, const uint8_t *p, size_t n) {
    for (; n >= 3 * LANE; n -= 3 * LANE, p += 3 * LANE) {
        uint64_t a = crc, b = 0, c = 0;
        for (size_t i = 0; i < LANE; i += 8) {
            uint64_t x, y, z;
            memcpy(&x, p + i, 8);
            memcpy(&y, p + LANE + i, 8);
            memcpy(&z, p + 2 * LANE + i, 8);
            a = __builtin_ia32_crc32di(a, x);
            b = __builtin_ia32_crc32di(b, y);
            c = __builtin_ia32_crc32di(c, z);
        }
        crc = move_past_lane(move_past_lane((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
    }
    return crc32c_run(crc, p, n);
}
#endif

uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t n) {
    return ~CK_PICK(crc32c)(~crc, bytes, n);
}

// The product of two polynomials modulo the CRC's, all with their lowest power in the top bit.
static uint32_t multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
        if (a & bit) product ^= b;
        b = (b >> 1) ^ (b & 1 ? 0x82F63B78u : 0);
    }
    return product;
}

uint32_t ck_crc32c_join(uint32_t first, uint32_t second, uint64_t n) {
    // first · x^(8 n) + second; the initial and final inversions cancel out.
    uint32_t shift = 1u << 31, power = 1u << 23;  // 1 and x^8
    for (; n; n >>= 1, power = multiply(power, power))
        if (n & 1) shift = multiply(shift, power);
    return multiply(shift, first) ^ second;
}
