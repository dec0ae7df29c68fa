#pragma once

// A mark on the calling thread, 0 until it is set: how a pool knows that it is called from its own work.
int cl_thread_mark(void);
void cl_set_thread_mark(int mark);
