// The project's openapi.yaml, as it stood when this was built.
#pragma once

#include <stddef.h>

extern const unsigned char strata_openapi[];
extern const size_t strata_openapi_count;
