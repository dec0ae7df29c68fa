// The project's openapi.yaml, as it stood when this was built.
#pragma once

#include <stddef.h>

const unsigned char *strata_openapi(void);
size_t strata_openapi_count(void);
