// The Linux calls and macros that Swift's Glibc module does not show.
//
// No header here defines _GNU_SOURCE: it would give this module another fd_set than Glibc's and Dispatch's. What needs
// it is wrapped in a .c file.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cores.h"
