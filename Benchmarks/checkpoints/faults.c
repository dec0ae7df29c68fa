// Fails, tears or ends file operations of the process that it is loaded into, and keeps a record of them.
//
//   cc -O2 -shared -fPIC -o faults.so faults.c -ldl
//   FAULT_DIRECTORY=/data FAULT_CONTROL=/tmp/control LD_PRELOAD=./faults.so strata serve ...
//
// Only operations on files below FAULT_DIRECTORY count. FAULT_CONTROL is a file of `struct control`, mapped by both sides, so
// that whoever started the process says at any time what is to go wrong next. With FAULT_RECORD every operation is written to
// that file with its bytes, from which the states are made that a power loss could leave.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { none, kill_before, kill_torn, fail_once, fail_from, short_counts, interrupt_all };

struct control {
    int32_t mode, at, code, padding;
    int64_t count;
};

enum { descriptors_max = 65536 };

static struct control *control;
static char directory[PATH_MAX];
static int record = -1;
static char *paths[descriptors_max];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int interrupted;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void) {
    const char *folder = getenv("FAULT_DIRECTORY"), *file = getenv("FAULT_CONTROL"), *log = getenv("FAULT_RECORD");
    if (!folder || !file) return;
    strncpy(directory, folder, sizeof directory - 1);
    int descriptor = (int)syscall(257 /* openat */, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
    if (descriptor < 0) return;
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (control == MAP_FAILED) control = NULL;
    if (log) record = (int)syscall(257, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    // Children are none of ours.
    unsetenv("LD_PRELOAD");
}

static int below(const char *path) {
    size_t count = strlen(directory);
    return control && count && path && !strncmp(path, directory, count) && (path[count] == '/' || !path[count]);
}

static const char *path_of(int descriptor) {
    return descriptor >= 0 && descriptor < descriptors_max ? paths[descriptor] : NULL;
}

static void note(const char *operation, const char *path, const char *other, int64_t offset, const void *bytes,
    int64_t count) {
    if (record < 0) return;
    char head[2 * PATH_MAX + 128];
    int length = snprintf(head, sizeof head, "%s\t%s\t%s\t%lld\t%lld\n", operation, path, other, (long long)offset,
        (long long)count);
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    pthread_mutex_lock(&lock);
    real(record, head, (size_t)length);
    if (count) real(record, bytes, (size_t)count);
    pthread_mutex_unlock(&lock);
}

enum { takes_room = 1, is_write = 2, may_be_interrupted = 4 };

// Counts an operation. Returns 0 to go on, else the error that it meets; -1 for a write that is to be torn first.
static int meet(int kind) {
    int64_t number = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
    switch (control->mode) {
    case kill_before: if (number == control->at) raise(SIGKILL); return 0;
    case kill_torn:
        if (number != control->at) return 0;
        if (kind & is_write) return -1;
        raise(SIGKILL);
        return 0;
    case fail_once: return number == control->at ? control->code : 0;
    case fail_from: return number >= control->at && (kind & takes_room) ? control->code : 0;
    case interrupt_all:
        if (!(kind & may_be_interrupted)) return 0;
        interrupted = !interrupted;
        return interrupted ? EINTR : 0;
    default: return 0;
    }
}

static int opened(int descriptor, const char *path, int flags) {
    if (descriptor >= 0 && descriptor < descriptors_max) paths[descriptor] = below(path) ? strdup(path) : NULL;
    if (descriptor >= 0 && (flags & O_TRUNC)) note("create", path, "", 0, NULL, 0);
    return descriptor;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, #name, const char *, int, ...); \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list list; \
            va_start(list, flags); \
            mode = va_arg(list, mode_t); \
            va_end(list); \
        } \
        if (below(path)) { \
            int code = meet((flags & O_CREAT) ? takes_room : 0); \
            if (code) { errno = code; return -1; } \
        } \
        return opened(real(path, flags, mode), path, flags); \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    REAL(int, "close", int);
    if (path_of(descriptor)) {
        int code = meet(0);
        free(paths[descriptor]);
        paths[descriptor] = NULL;
        int result = real(descriptor);
        // As the system does: the file is closed even then.
        if (code) { errno = code; return -1; }
        return result;
    }
    return real(descriptor);
}

static ssize_t put(int descriptor, const void *bytes, size_t count, off_t offset,
    ssize_t (*real)(int, const void *, size_t, off_t)) {
    const char *path = path_of(descriptor);
    if (!path) return real(descriptor, bytes, count, offset);
    int code = meet(takes_room | is_write | may_be_interrupted);
    if (code == -1) {
        real(descriptor, bytes, count / 2, offset);
        raise(SIGKILL);
    }
    if (code) { errno = code; return -1; }
    if (control->mode == short_counts && count > 1) count = (count + 2) / 3;
    ssize_t result = real(descriptor, bytes, count, offset);
    if (result > 0) note("write", path, "", offset, bytes, result);
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return put(descriptor, bytes, count, offset, real);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    return put(descriptor, bytes, count, offset, real);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    const char *path = path_of(descriptor);
    if (!path) return real(descriptor, bytes, count);
    int code = meet(takes_room | is_write | may_be_interrupted);
    if (code == -1) {
        real(descriptor, bytes, count / 2);
        raise(SIGKILL);
    }
    if (code) { errno = code; return -1; }
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t result = real(descriptor, bytes, count);
    if (result > 0) note("write", path, "", offset, bytes, result);
    return result;
}

#define GET(name, offset_type) \
    ssize_t name(int descriptor, void *bytes, size_t count, offset_type offset) { \
        REAL(ssize_t, #name, int, void *, size_t, offset_type); \
        if (path_of(descriptor)) { \
            int code = meet(may_be_interrupted); \
            if (code) { errno = code; return -1; } \
            if (control->mode == short_counts && count > 1) count = (count + 2) / 3; \
        } \
        return real(descriptor, bytes, count, offset); \
    }
GET(pread, off_t)
GET(pread64, off64_t)

#define SYNC(name) \
    int name(int descriptor) { \
        REAL(int, #name, int); \
        const char *path = path_of(descriptor); \
        if (path) { \
            int code = meet(may_be_interrupted); \
            if (code) { errno = code; return -1; } \
        } \
        int result = real(descriptor); \
        if (path && !result) note("sync", path, "", 0, NULL, 0); \
        return result; \
    }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *path, const char *other) {
    REAL(int, "rename", const char *, const char *);
    if (below(path)) {
        int code = meet(0);
        if (code) { errno = code; return -1; }
    }
    int result = real(path, other);
    if (!result && below(path)) note("rename", path, other, 0, NULL, 0);
    return result;
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    if (below(path)) {
        int code = meet(0);
        if (code) { errno = code; return -1; }
    }
    int result = real(path);
    if (!result && below(path)) note("unlink", path, "", 0, NULL, 0);
    return result;
}

int rmdir(const char *path) {
    REAL(int, "rmdir", const char *);
    if (below(path)) {
        int code = meet(0);
        if (code) { errno = code; return -1; }
    }
    int result = real(path);
    if (!result && below(path)) note("rmdir", path, "", 0, NULL, 0);
    return result;
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    if (below(path)) {
        // One that is there is told so whatever room there is.
        int code = meet(access(path, F_OK) ? takes_room : 0);
        if (code) { errno = code; return -1; }
    }
    int result = real(path, mode);
    if (!result && below(path)) note("mkdir", path, "", 0, NULL, 0);
    return result;
}
