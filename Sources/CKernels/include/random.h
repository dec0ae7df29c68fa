// Random numbers by counting, Philox4x32-10: number i depends on the key, the stream and i alone, so any part of a stream
// can be made by any thread, and is the same on every processor. `first` is the number to begin with.
#pragma once

// Number i is word i % 4 of block i / 4.
void ck_random_words(uint64_t key, uint64_t stream, uint64_t first, uint32_t *to, size_t count);

// In [low, high).
void ck_random_uniform_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count, double low,
                           double high);
void ck_random_uniform_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count, double low,
                           double high);

void ck_random_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count, double mean,
                          double deviation);
void ck_random_normal_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count, double mean,
                          double deviation);

// Drawn again until within two deviations of the mean.
void ck_random_truncated_normal_f32(uint64_t key, uint64_t stream, uint64_t first, float *to, size_t count,
                                    double mean, double deviation);
void ck_random_truncated_normal_f64(uint64_t key, uint64_t stream, uint64_t first, double *to, size_t count,
                                    double mean, double deviation);

// In low ..< low + range; a range of 0 means all 2^64 numbers.
void ck_random_integers(uint64_t key, uint64_t stream, uint64_t first, int64_t *to, size_t count, int64_t low,
                        uint64_t range);

// The numbers 0 ..< count in a random order.
void ck_random_permutation(uint64_t key, uint64_t stream, int64_t *to, size_t count);
