#define _GNU_SOURCE
#include <fcntl.h>

#include "files.h"

void cl_start_writeback(int file, int64_t offset, int64_t count) {
    (void)sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}

#include <linux/magic.h>
#include <sys/vfs.h>

int cl_is_in_memory(const char *path) {
    struct statfs information;
    return statfs(path, &information) == 0 &&
           (information.f_type == TMPFS_MAGIC || information.f_type == RAMFS_MAGIC);
}
