// Numbers as text, in JSON's grammar: reading rounds once and exactly, writing is the shortest text that reads
// back the same. No locale, no allocation. Element types are numbered as in CKernels.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

// How a run of numbers ended.
enum {
    CK_RUN_ENDED,      // after a number, at something that is no comma (or at the end of the text)
    CK_RUN_FULL,       // after a comma, with no room for another element
    CK_RUN_OTHER,      // at an element that is no number (or at the end of the text)
    CK_RUN_MALFORMED,  // inside a number, at the byte that cannot stand there
    CK_RUN_RANGE,      // at a number that the element type cannot hold
};

typedef struct {
    const uint8_t *next;  // where reading stopped, past white space except inside a number
    size_t count;         // elements written
    int end;
} ck_number_run;

// Reads `number , number , …` into z, `capacity` elements of `dtype` at the most (not bool). Reals are rounded to
// nearest even; those that would become infinite, and numbers that an integer type cannot hold exactly, are CK_RUN_RANGE.
ck_number_run ck_read_numbers(int dtype, const uint8_t *text, const uint8_t *end, void *z, size_t capacity);

// Reads the one number at `text`: count is 1 and next is just behind it, or it ended as above. A dtype of -1 only passes
// over it.
ck_number_run ck_read_number(int dtype, const uint8_t *text, const uint8_t *end, void *z);

// The most bytes that one element takes as text, its comma included.
enum { CK_NUMBER_TEXT_MAX = 28 };

// Writes n elements of `dtype` with commas between them and returns how many bytes that were; `text` has room for
// n * CK_NUMBER_TEXT_MAX. Reals always show a point or an exponent; NaN and the infinities are quoted; bools are words.
size_t ck_write_numbers(int dtype, const void *x, size_t n, uint8_t *text);
