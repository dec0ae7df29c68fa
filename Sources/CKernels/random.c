// Random numbers by counting (Philox4x32-10): number i of a stream depends on the key, the stream and i alone.
#include "twins.h"

#define CK_SOURCE "random.inc"
#include "twin_loop.h"

void ck_random_words(uint64_t key, uint64_t stream, uint64_t first, uint32_t *to, size_t count) {
    CK_PICK(random_words)(key, stream, first, to, count, 0, 0);
}

void ck_random_uniform_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count, double low,
                           double high) {
    CK_PICK(random_uniform_f32)(key, stream, first, to, count, low, high);
}

void ck_random_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count, double mean,
                          double deviation) {
    CK_PICK(random_normal_f32)(key, stream, first, to, count, mean, deviation);
}

void ck_random_truncated_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count,
                                    double mean, double deviation) {
    CK_PICK(random_truncated_f32)(key, stream, first, to, count, mean, deviation);
}

// What follows takes 64 bits a number, words 2i and 2i + 1.
#pragma clang fp contract(off)
enum { CHUNK = 64 };

#define FOR_EACH_PAIR(statement)                                                    \
    while (count > 0) {                                                             \
        uint32_t words[2 * CHUNK];                                                  \
        const size_t width = count < CHUNK ? count : CHUNK;                         \
        ck_random_words(key, stream, 2 * first, words, 2 * width);                  \
        for (size_t i = 0; i < width; i++) {                                        \
            const uint64_t bits = (uint64_t)words[2 * i + 1] << 32 | words[2 * i];  \
            statement;                                                              \
        }                                                                           \
        to += width, first += width, count -= width;                                \
    }

void ck_random_integers(uint64_t key, uint64_t stream, uint64_t first, int64_t *to, size_t count, int64_t low,
                        uint64_t range) {
    // The upper half of bits * range: a bias of range / 2^64 at most. A range of 0 means all 2^64 numbers.
    FOR_EACH_PAIR(to[i] = (int64_t)((uint64_t)low + (range ? (uint64_t)(((unsigned __int128)bits * range) >> 64) : bits)))
}

void ck_random_uniform_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count, double low,
                           double high) {
    FOR_EACH_PAIR({
        double value = low + (double)(bits >> 11) * 0x1p-53 * (high - low);
        to[i] = value < high || !(low < high) ? value : nextafter(high, low);
    })
}

// Two words a number: numbers 2j and 2j + 1 share a radius and an angle.
static double normal_f64(uint64_t key, uint64_t stream, uint64_t number) {
    uint32_t words[4];
    ck_random_words(key, stream, number / 2 * 4, words, 4);
    const uint64_t a = (uint64_t)words[1] << 32 | words[0], b = (uint64_t)words[3] << 32 | words[2];
    const double share = ((double)(a >> 11) + 0.5) * 0x1p-53, angle = (double)(b >> 11) * (2 * M_PI * 0x1p-53);
    const double radius = sqrt(-2 * log(share));
    return number % 2 ? radius * sin(angle) : radius * cos(angle);
}

void ck_random_normal_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count, double mean,
                          double deviation) {
    for (size_t i = 0; i < count; i++) to[i] = mean + deviation * normal_f64(key, stream, first + i);
}

void ck_random_truncated_normal_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count,
                                    double mean, double deviation) {
    for (size_t i = 0; i < count; i++) {
        double x = normal_f64(key, stream, first + i);
        for (uint64_t attempt = 1; !(x > -2 && x < 2); attempt++)
            x = attempt < 60 ? normal_f64(key, stream, first + i + (attempt << 58)) : 0;
        to[i] = mean + deviation * x;
    }
}

void ck_random_permutation(uint64_t key, uint64_t stream, int64_t *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = (int64_t)i;
    // Fisher and Yates from the end, each swap with a number of its own.
    for (size_t i = count; i-- > 1;) {
        int64_t other;
        ck_random_integers(key, stream, i, &other, 1, 0, (uint64_t)i + 1);
        int64_t swapped = to[i];
        to[i] = to[other];
        to[other] = swapped;
    }
}
