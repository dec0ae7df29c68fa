// Sliding windows over images.
#include "twins.h"

#define CK_SOURCE "windows.inc"
#define CK_WIDE
#include "twin_loop.h"

// Copies are bound by memory: one source for all processors.
#define COPY_BOX(T, suffix)                                                                                          \
    static void copy_line_##suffix(                                                                                  \
        const T *x, ptrdiff_t step, size_t channels, ptrdiff_t channel_step, size_t repeats, size_t count, T *y) {   \
        if (channel_step == 1 && repeats == 1) {                                                                     \
            memcpy(y, x, count * channels * sizeof(T));                                                              \
        } else if (channel_step == 1) {                                                                              \
            for (size_t i = 0; i < count * channels; i++)                                                            \
                for (size_t r = 0; r < repeats; r++) *y++ = x[i];                                                    \
        } else if (repeats == 1) {                                                                                   \
            ck_turn_##suffix(x, channels, count, channel_step, y, (ptrdiff_t)channels);                              \
        } else {                                                                                                     \
            for (size_t i = 0; i < count; i++)                                                                       \
                for (size_t c = 0; c < channels; c++)                                                                \
                    for (size_t r = 0; r < repeats; r++) *y++ = x[(ptrdiff_t)i * step + (ptrdiff_t)c * channel_step]; \
        }                                                                                                            \
    }                                                                                                                \
                                                                                                                     \
    void ck_copy_box_##suffix(const T *x, const ck_box *b, T *y) {                                                   \
        const ptrdiff_t plane = (ptrdiff_t)(b->extents[0] * b->extents[1] * b->extents[2]);                          \
        const ptrdiff_t channel_step = b->channels_first ? plane : 1;                                                \
        const ptrdiff_t step = b->channels_first ? 1 : (ptrdiff_t)b->channels;                                       \
        const ptrdiff_t width = (ptrdiff_t)b->extents[2], box_width = (ptrdiff_t)b->box[2];                          \
        const size_t line = b->box[2] * b->channels * b->repeats;                                                    \
        /* Of a line of the box, what lies before the image, in it and behind it. */                                 \
        ptrdiff_t first = b->start[2] < 0 ? -b->start[2] : 0;                                                        \
        ptrdiff_t last = width - b->start[2] < box_width ? width - b->start[2] : box_width;                          \
        if (first > box_width) first = box_width;                                                                    \
        if (last < first) last = first;                                                                              \
        const size_t element = b->channels * b->repeats;                                                             \
        for (size_t d = 0; d < b->box[0]; d++)                                                                       \
            for (size_t h = 0; h < b->box[1]; h++, y += line) {                                                      \
                ptrdiff_t depth = b->start[0] + (ptrdiff_t)d, height = b->start[1] + (ptrdiff_t)h;                   \
                if (depth < 0 || depth >= (ptrdiff_t)b->extents[0] || height < 0 ||                                  \
                    height >= (ptrdiff_t)b->extents[1] || last == first) {                                           \
                    memset(y, 0, line * sizeof(T));                                                                  \
                    continue;                                                                                        \
                }                                                                                                    \
                memset(y, 0, (size_t)first * element * sizeof(T));                                                   \
                const T *from =                                                                                      \
                    x + ((depth * (ptrdiff_t)b->extents[1] + height) * width + b->start[2] + first) * step;          \
                copy_line_##suffix(                                                                                  \
                    from, step, b->channels, channel_step, b->repeats, (size_t)(last - first),                       \
                    y + (size_t)first * element);                                                                    \
                memset(y + (size_t)last * element, 0, (size_t)(box_width - last) * element * sizeof(T));             \
            }                                                                                                        \
    }

COPY_BOX(float, f32)
COPY_BOX(double, f64)

#define CHOICE(suffix)                                                                                    \
    void ck_depthwise_##suffix(                                                                           \
        const ck_depthwise *p, size_t row_0, size_t row_1, size_t channel_0, size_t channel_1) {          \
        CK_PICK_WIDE(p->level, depthwise_##suffix)(p, row_0, row_1, channel_0, channel_1);                \
    }                                                                                                     \
    void ck_depthwise_turned_##suffix(const ck_depthwise *p, void *w, size_t channel_0, size_t channel_1) { \
        CK_PICK_WIDE(p->level, depthwise_turned_##suffix)(p, w, channel_0, channel_1);                    \
    }

CHOICE(f32)
CHOICE(f64)
