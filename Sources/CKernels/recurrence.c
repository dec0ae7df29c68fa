// LSTM and GRU cells.
#include "twins.h"

// In place over n elements; linear does nothing.
static void activate(int activation, int is_double, void *x, size_t n) {
    const int dtype = is_double ? CK_FLOAT64 : CK_FLOAT32;
    ck_unary_loop loop = NULL;
    switch (activation) {
    case CK_RELU_ACTIVATION: loop = ck_relu(dtype); break;
    case CK_TANH_ACTIVATION: loop = ck_tanh(dtype); break;
    case CK_SIGMOID_ACTIVATION: loop = ck_sigmoid(dtype); break;
    case CK_HARD_SIGMOID_ACTIVATION: loop = ck_hard_sigmoid(dtype); break;
    default: break;
    }
    if (loop) loop(x, x, n, 0, 0);
}

#define CK_SOURCE "recurrence.inc"
#define CK_WIDE
#include "twin_loop.h"

#define CHOICE(name, parameters, arguments)                        \
    void ck_##name parameters {                                    \
        if (cell->is_double) CK_PICK_WIDE(ck_level(), name##_f64) arguments;        \
        else CK_PICK_WIDE(ck_level(), name##_f32) arguments;                        \
    }

CHOICE(lstm_step, (const ck_cell *cell, ck_rows gates, ck_rows c_before, ck_rows c, ck_rows h_before, ck_rows h),
       (cell, gates, c_before, c, h_before, h))
CHOICE(lstm_step_back,
       (const ck_cell *cell, ck_rows gates, ck_rows c_before, ck_rows c, ck_rows dh, ck_rows dc, ck_rows dgates),
       (cell, gates, c_before, c, dh, dc, dgates))
CHOICE(gru_step, (const ck_cell *cell, ck_rows gates, ck_rows product, ck_rows h_before, ck_rows h),
       (cell, gates, product, h_before, h))
CHOICE(gru_step_back,
       (const ck_cell *cell, ck_rows gates, ck_rows product, ck_rows h_before, ck_rows dh, ck_rows dgates,
           ck_rows dproduct),
       (cell, gates, product, h_before, dh, dgates, dproduct))
CHOICE(gru_open, (const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows opened), (cell, gates, h_before,
    opened))
CHOICE(gru_close, (const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows h), (cell, gates, h_before, h))
CHOICE(gru_close_back, (const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows dh, ck_rows dgates),
       (cell, gates, h_before, dh, dgates))
CHOICE(gru_open_back,
       (const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows dopened, ck_rows dh, ck_rows dgates),
       (cell, gates, h_before, dopened, dh, dgates))
