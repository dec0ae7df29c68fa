#pragma once

#include <stdint.h>

// Lets the kernel begin to write this part of a file to its disk, without waiting for it. A hint: failure means nothing.
void cl_start_writeback(int file, int64_t offset, int64_t count);
