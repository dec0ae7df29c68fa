#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinux.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static uint32_t to_epoll(uint32_t interest) {
    uint32_t events = 0;
    if (interest & CLINUX_READABLE) events |= EPOLLIN;
    if (interest & CLINUX_WRITABLE) events |= EPOLLOUT;
    return events;
}

static uint32_t from_epoll(uint32_t events) {
    uint32_t result = 0;
    if (events & EPOLLIN) result |= CLINUX_READABLE;
    if (events & EPOLLOUT) result |= CLINUX_WRITABLE;
    if (events & (EPOLLHUP | EPOLLERR)) result |= CLINUX_HUNG_UP;
    return result;
}

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_add(int epoll, int descriptor, uint32_t interest, uint64_t token) {
    struct epoll_event event = {.events = to_epoll(interest), .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_change(int epoll, int descriptor, uint32_t interest, uint64_t token) {
    struct epoll_event event = {.events = to_epoll(interest), .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

int clinux_epoll_remove(int epoll, int descriptor) { return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int clinux_epoll_wait(int epoll, clinux_event *events, int capacity) {
    struct epoll_event ready[256];
    int count = epoll_wait(epoll, ready, capacity < 256 ? capacity : 256, -1);
    for (int index = 0; index < count; index++) {
        events[index].events = from_epoll(ready[index].events);
        events[index].token = ready[index].data.u64;
    }
    return count;
}

int clinux_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void clinux_eventfd_wake(int descriptor) {
    uint64_t one = 1;
    while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

void clinux_eventfd_drain(int descriptor) {
    uint64_t count;
    while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
    }
}

int clinux_accept(int listener, void *address, uint32_t *length) {
    socklen_t size = length ? (socklen_t)*length : 0;
    int descriptor = accept4(listener, address, length ? &size : NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (length) *length = (uint32_t)size;
    return descriptor;
}
