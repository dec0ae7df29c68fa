#include "CContract.h"

#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char text[] = {
#embed "openapi.yaml"
};

const unsigned char *strata_openapi(void) { return text; }
size_t strata_openapi_count(void) { return sizeof text; }
