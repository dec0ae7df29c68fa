// What LSTM and GRU cells do beside their products, for some rows of a batch.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Activations, numbered as in TensorCore.OutputActivation.
enum { CK_LINEAR_ACTIVATION, CK_RELU_ACTIVATION, CK_TANH_ACTIVATION, CK_SIGMOID_ACTIVATION, CK_HARD_SIGMOID_ACTIVATION };

// Rows of one step: element j of row r stands at [r step + j].
typedef struct {
    void *at;
    ptrdiff_t step;
} ck_rows;

typedef struct {
    size_t rows, units;
    int is_double, activation, gate_activation;
    // For each row whether it takes this step, or null when all do.
    const uint8_t *mask;
    ptrdiff_t mask_step;
} ck_cell;

// gates [i, f, g, o]: what the products gave becomes what the activations make of it. c and h become the new state; the
// old one is kept in rows that do not take the step. All but the gates may be the same memory before and after.
void ck_lstm_step(const ck_cell *cell, ck_rows gates, ck_rows c_before, ck_rows c, ck_rows h_before, ck_rows h);

// The way back: from dh and dc behind the step (dc is changed) to what arrives at the gates' products, and dc before
// the step. In rows that do not take the step dgates is zero, and dc stays.
void ck_lstm_step_back(const ck_cell *cell, ck_rows gates, ck_rows c_before, ck_rows c, ck_rows dh, ck_rows dc, ck_rows dgates);

// gates [z, r, g]; `product` is what the state gave to g, before the reset gate: h = z h + (1 - z) act(g + r product).
void ck_gru_step(const ck_cell *cell, ck_rows gates, ck_rows product, ck_rows h_before, ck_rows h);
// dh becomes what arrives at the state before by itself; dproduct what arrives at the products with it, [z, r, g].
void ck_gru_step_back(
    const ck_cell *cell, ck_rows gates, ck_rows product, ck_rows h_before, ck_rows dh, ck_rows dgates, ck_rows dproduct);

// The same where the reset gate comes before the product, in two halves: the gates z and r and the state that r lets
// through; then g and the new state.
void ck_gru_open(const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows opened);
void ck_gru_close(const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows h);
// Back through the second half: dh becomes what arrives at the state by itself, dgates gets z and g.
void ck_gru_close_back(const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows dh, ck_rows dgates);
// Back through the first half, from what arrives at the opened state: dgates gets r, dh what goes on to the state.
void ck_gru_open_back(const ck_cell *cell, ck_rows gates, ck_rows h_before, ck_rows dopened, ck_rows dh, ck_rows dgates);
