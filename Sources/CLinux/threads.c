#include "threads.h"

static _Thread_local int thread_mark;

int cl_thread_mark(void) { return thread_mark; }

void cl_set_thread_mark(int mark) { thread_mark = mark; }
