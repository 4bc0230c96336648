/* A disk that forgets and a disk that is full, put between a test's child process and the kernel by LD_PRELOAD.
 *
 * RINGBACK_DISK       only files below this folder are concerned
 * RINGBACK_SNAPSHOTS  every sync copies the file's content there, under inode and time of birth; a test that kills the
 *                     process puts these copies in place of the files: what was not synced is gone, as after a power cut
 * RINGBACK_DEAF       syncs of this name (fsync, fdatasync) do nothing: the proof that the model notices a missing one
 * RINGBACK_FULL       while this file exists, every write fails with the error that it names: ENOSPC or EROFS
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int concerns(int fd) {
    const char *folder = getenv("RINGBACK_DISK");
    char link[64], path[4096];
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* The error of a disk that takes nothing; 0 while it does. */
static int refusal(int fd) {
    const char *flag = getenv("RINGBACK_FULL");
    if (!flag) return 0;
    int saved = errno;
    int (*open_it)(const char *, int, ...) = real("open64");
    int file = open_it(flag, O_RDONLY);
    if (file < 0) { errno = saved; return 0; }
    char word[16] = {0};
    ssize_t length = read(file, word, sizeof word - 1);
    close(file);
    errno = saved;
    if (length <= 0 || !concerns(fd)) return 0;
    return strncmp(word, "EROFS", 5) == 0 ? EROFS : ENOSPC;
}

static int snapshot(int fd, const char *call) {
    const char *to = getenv("RINGBACK_SNAPSHOTS"), *deaf = getenv("RINGBACK_DEAF");
    if (!to || !concerns(fd) || (deaf && strcmp(deaf, call) == 0) || (deaf && strcmp(deaf, "all") == 0)) return 0;
    struct statx of;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_INO | STATX_TYPE, &of) != 0) return 0;
    if ((of.stx_mode & S_IFMT) != S_IFREG) return 0;
    char name[4096], fresh[4200], link[64];
    snprintf(name, sizeof name, "%s/%llu-%lld-%09u", to, (unsigned long long)of.stx_ino,
             (long long)of.stx_btime.tv_sec, of.stx_btime.tv_nsec);
    snprintf(fresh, sizeof fresh, "%s.new", name);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t (*write_it)(int, const void *, size_t) = real("write");
    pthread_mutex_lock(&one_at_a_time);
    int in = open(link, O_RDONLY), out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int bad = in < 0 || out < 0;
    static char buffer[1 << 16];
    ssize_t length;
    while (!bad && (length = read(in, buffer, sizeof buffer)) > 0) bad = write_it(out, buffer, length) != length;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    if (!bad) bad = rename(fresh, name) != 0;
    pthread_mutex_unlock(&one_at_a_time);
    if (bad) { errno = EIO; return -1; }
    return 0;
}

#define REFUSED(fd) do { int why = refusal(fd); if (why) { errno = why; return -1; } } while (0)

int fsync(int fd) { REFUSED(fd); return getenv("RINGBACK_SNAPSHOTS") ? snapshot(fd, "fsync") : ((int (*)(int))real("fsync"))(fd); }

int fdatasync(int fd) {
    REFUSED(fd);
    return getenv("RINGBACK_SNAPSHOTS") ? snapshot(fd, "fdatasync") : ((int (*)(int))real("fdatasync"))(fd);
}

ssize_t write(int fd, const void *from, size_t n) {
    REFUSED(fd);
    return ((ssize_t (*)(int, const void *, size_t))real("write"))(fd, from, n);
}

ssize_t writev(int fd, const struct iovec *from, int n) {
    REFUSED(fd);
    return ((ssize_t (*)(int, const struct iovec *, int))real("writev"))(fd, from, n);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) {
    REFUSED(fd);
    return ((ssize_t (*)(int, const void *, size_t, off64_t))real("pwrite64"))(fd, from, n, at);
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
    REFUSED(fd);
    return ((ssize_t (*)(int, const void *, size_t, off_t))real("pwrite"))(fd, from, n, at);
}

int ftruncate64(int fd, off64_t length) {
    REFUSED(fd);
    return ((int (*)(int, off64_t))real("ftruncate64"))(fd, length);
}

int ftruncate(int fd, off_t length) {
    REFUSED(fd);
    return ((int (*)(int, off_t))real("ftruncate"))(fd, length);
}

int posix_fallocate(int fd, off_t at, off_t length) {
    int why = refusal(fd);
    return why ? why : ((int (*)(int, off_t, off_t))real("posix_fallocate"))(fd, at, length);
}
