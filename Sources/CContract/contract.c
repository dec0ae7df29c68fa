#include "CContract.h"

const unsigned char strata_openapi[] = {
#embed "openapi.yaml"
};
const size_t strata_openapi_count = sizeof strata_openapi;
