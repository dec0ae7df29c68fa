// The Linux calls and macros that Swift's Glibc module does not show.
//
// No header here defines _GNU_SOURCE: it would give this module another fd_set than Glibc's and Dispatch's. What needs
// it is wrapped in a .c file.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "cores.h"
#include "pipes.h"
#include "files.h"
#include "threads.h"

// epoll(7). An event carries a 64-bit token of the caller's.
typedef struct {
    uint32_t events;
    uint64_t token;
} clinux_event;

enum {
    CLINUX_READABLE = 1,
    CLINUX_WRITABLE = 2,
    // Both sides are closed, or the socket has failed.
    CLINUX_HUNG_UP = 4,
};

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int descriptor, uint32_t interest, uint64_t token);
int clinux_epoll_change(int epoll, int descriptor, uint32_t interest, uint64_t token);
int clinux_epoll_remove(int epoll, int descriptor);
// Waits without a timeout; returns the number of events or -1. At most 256 at a time.
int clinux_epoll_wait(int epoll, clinux_event *events, int capacity);

// A non-blocking eventfd: wake it, and drain what woke it.
int clinux_eventfd(void);
void clinux_eventfd_wake(int descriptor);
void clinux_eventfd_drain(int descriptor);

// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener, void *address, uint32_t *length);
