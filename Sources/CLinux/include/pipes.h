#pragma once

// pipe2(2) with O_CLOEXEC: both ends are closed in programs that are started meanwhile.
int cl_pipe(int ends[2]);
