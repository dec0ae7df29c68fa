#pragma once

// Cores in this process's affinity mask, 1 when the kernel does not say.
int cl_core_count(void);
