#pragma once

#include <stdint.h>

// Lets the kernel begin to write this part of a file to its disk, without waiting for it. A hint: failure means nothing.
void cl_start_writeback(int file, int64_t offset, int64_t count);

// Whether a path lies in a file system that is kept in memory only.
int cl_is_in_memory(const char *path);
