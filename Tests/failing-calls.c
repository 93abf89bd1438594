// Lets one call of the C library fail, for Tests/faults: preloaded into the tested process alone.
//
//   FAULT_ERRNO   which error, by number; a call that cannot fail so is not counted
//   FAULT_AT      which of the calls that could, from 1; 0: none, they are only counted
//   FAULT_MANY    1: all from there on
//   FAULT_COUNT   a file in which the calls are counted, 8 bytes for each of the errors below
//   FAULT_ROOT    what is named by a path fails below this one alone, and in /dev/shm
//   FAULT_LOG     a file that the name of what failed is added to
//   FAULT_CLOCK   seconds to add to the time of day
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int fault, at, many, armed, log_end = -1;
static long shift;
static char root[256];
static volatile long *count;

__attribute__((constructor)) static void begin(void) {
  const char *value = getenv("FAULT_ERRNO");
  fault = value ? atoi(value) : 0;
  at = (value = getenv("FAULT_AT")) ? atoi(value) : 0;
  many = (value = getenv("FAULT_MANY")) != NULL && *value == '1';
  shift = (value = getenv("FAULT_CLOCK")) ? atol(value) : 0;
  if ((value = getenv("FAULT_ROOT"))) snprintf(root, sizeof root, "%s", value);
  if ((value = getenv("FAULT_COUNT"))) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, value, O_RDWR | O_CLOEXEC);
    void *place = (void *)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    count = place == MAP_FAILED ? NULL : place;
    syscall(SYS_close, file);
  }
  if ((value = getenv("FAULT_LOG"))) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, value, O_WRONLY | O_APPEND | O_CREAT, 0600);
    log_end = (int)syscall(SYS_fcntl, file, F_DUPFD_CLOEXEC, 700);
    syscall(SYS_close, file);
  }
  // What the tool starts is not to fail, and its key not to hold these.
  const char *names[] = {"LD_PRELOAD", "FAULT_ERRNO", "FAULT_AT", "FAULT_MANY", "FAULT_COUNT",
                         "FAULT_LOG", "FAULT_CLOCK", "FAULT_ROOT"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unsetenv(names[i]);
  armed = 1;
}

static int is_pipe(int descriptor) {
  struct stat status;
  return syscall(SYS_fstat, descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

enum { io = 1, space = 2, interrupted = 4, files = 8, memory = 16, access_ = 32, device = 64 };
static const int errors[] = {EIO, ENOSPC, EINTR, EMFILE, ENOMEM, EACCES, ENODEV};

// Whether this call fails, of which kinds are possible.
static int fails(const char *name, int kinds) {
  if (!armed || !count) return 0;
  long number = 0;
  for (int i = 0; i < 7; i++)
    if (kinds >> i & 1) {
      long so_far = __sync_add_and_fetch(count + i, 1);
      if (errors[i] == fault) number = so_far;
    }
  if (!at || !number || !(number == at || (many && number > at))) return 0;
  if (log_end >= 0) {
    char line[96];
    int length = snprintf(line, sizeof line, "%s %ld errno %d\n", name, number, fault);
    syscall(SYS_write, log_end, line, (size_t)length);
  }
  errno = fault;
  return 1;
}

// A disk that fails is the one that our files are on.
static int ours(const char *path, int kinds) {
  if (path[0] != '/' || !strncmp(path, root, strlen(root)) || !strncmp(path, "/dev/shm", 8)) return kinds;
  return kinds & (files | interrupted);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
// The three standard ones are the caller's, and a pipe has no disk behind it.
#define OWN(descriptor, kinds) \
  ((descriptor) < 3 ? 0 : is_pipe(descriptor) ? (kinds) & interrupted : (kinds))

#define OPEN(name)                                                                               \
  int name(const char *path, int flags, ...) {                                                   \
    REAL(name);                                                                                  \
    va_list list;                                                                                \
    va_start(list, flags);                                                                       \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;                            \
    va_end(list);                                                                                \
    int kinds = io | interrupted | files | access_ | (flags & O_CREAT ? space : 0);              \
    return fails(#name, ours(path, kinds)) ? -1 : real(path, flags, mode);                                   \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                             \
  int name(int base, const char *path, int flags, ...) {                                         \
    REAL(name);                                                                                  \
    va_list list;                                                                                \
    va_start(list, flags);                                                                       \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;                            \
    va_end(list);                                                                                \
    int kinds = io | interrupted | files | access_ | (flags & O_CREAT ? space : 0);              \
    return fails(#name, ours(path, kinds)) ? -1 : real(base, path, flags, mode);                             \
  }
OPENAT(openat)
OPENAT(openat64)

#define CALL(type, name, kinds, parameters, arguments)                                           \
  type name parameters {                                                                         \
    REAL(name);                                                                                  \
    return fails(#name, kinds) ? (type)-1 : real arguments;                                      \
  }
CALL(ssize_t, read, OWN(d, io | interrupted), (int d, void *b, size_t n), (d, b, n))
CALL(ssize_t, pread, OWN(d, io | interrupted), (int d, void *b, size_t n, off_t o), (d, b, n, o))
CALL(ssize_t, pread64, OWN(d, io | interrupted), (int d, void *b, size_t n, off64_t o), (d, b, n, o))
CALL(ssize_t, write, OWN(d, io | interrupted | space), (int d, const void *b, size_t n), (d, b, n))
CALL(ssize_t, pwrite, OWN(d, io | interrupted | space), (int d, const void *b, size_t n, off_t o), (d, b, n, o))
CALL(ssize_t, pwrite64, OWN(d, io | interrupted | space), (int d, const void *b, size_t n, off64_t o), (d, b, n, o))
CALL(int, fsync, io | interrupted | space, (int d), (d))
CALL(int, fdatasync, io | interrupted | space, (int d), (d))
CALL(int, ftruncate, io | interrupted | space, (int d, off_t n), (d, n))
CALL(int, ftruncate64, io | interrupted | space, (int d, off64_t n), (d, n))
CALL(int, posix_fallocate, io | space, (int d, off_t o, off_t n), (d, o, n))
CALL(int, flock, OWN(d, interrupted), (int d, int how), (d, how))
CALL(int, unlink, ours(p, io | access_), (const char *p), (p))
CALL(int, rename, ours(a, io | space | access_), (const char *a, const char *b), (a, b))
CALL(int, mkdir, ours(p, io | space | access_), (const char *p, mode_t m), (p, m))
CALL(int, rmdir, ours(p, io | access_), (const char *p), (p))
CALL(int, chmod, ours(p, io | access_), (const char *p, mode_t m), (p, m))
CALL(int, fchmod, io | access_, (int d, mode_t m), (d, m))
CALL(int, stat, ours(p, io | access_), (const char *p, struct stat *s), (p, s))
CALL(int, stat64, ours(p, io | access_), (const char *p, struct stat64 *s), (p, s))
CALL(int, lstat, ours(p, io | access_), (const char *p, struct stat *s), (p, s))
CALL(int, lstat64, ours(p, io | access_), (const char *p, struct stat64 *s), (p, s))
CALL(int, fstat, OWN(d, io), (int d, struct stat *s), (d, s))
CALL(int, fstat64, OWN(d, io), (int d, struct stat64 *s), (d, s))
CALL(int, poll, interrupted, (struct pollfd *f, nfds_t n, int t), (f, n, t))
CALL(int, ppoll, interrupted, (struct pollfd *f, nfds_t n, const struct timespec *t, const sigset_t *m), (f, n, t, m))
CALL(pid_t, waitpid, interrupted, (pid_t p, int *s, int o), (p, s, o))
CALL(int, pipe, files, (int d[2]), (d))
CALL(int, pipe2, files, (int d[2], int f), (d, f))
CALL(int, signalfd, files, (int d, const sigset_t *m, int f), (d, m, f))

#define MAP(name, offset)                                                                        \
  void *name(void *a, size_t n, int p, int f, int d, offset o) {                                 \
    REAL(name);                                                                                  \
    int kinds = d >= 0 ? memory | device | io : 0;                                               \
    return fails(#name, kinds) ? MAP_FAILED : real(a, n, p, f, d, o);                            \
  }
MAP(mmap, off_t)
MAP(mmap64, off64_t)

// The descriptor is gone whatever it says.
int close(int descriptor) {
  REAL(close);
  int failed = fails("close", OWN(descriptor, io | interrupted));
  int code = real(descriptor);
  if (failed) errno = fault;
  return failed ? -1 : code;
}

int fcntl64(int descriptor, int command, ...) {
  static int (*real)(int, int, ...);
  if (!real) real = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl64");
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  // Where no lock works at all SQLite tries for ten seconds: a network's file system, not a disk.
  int kinds = command == F_SETLK ? (many ? 0 : io) : command == F_SETLKW ? (many ? 0 : io) | interrupted
            : command == F_DUPFD || command == F_DUPFD_CLOEXEC ? files : 0;
  return fails("fcntl64", kinds) ? -1 : real(descriptor, command, argument);
}

int fcntl(int descriptor, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  return fcntl64(descriptor, command, argument);
}

int posix_spawn(pid_t *p, const char *path, const posix_spawn_file_actions_t *f,
                const posix_spawnattr_t *a, char *const v[], char *const e[]) {
  REAL(posix_spawn);
  return fails("posix_spawn", memory) ? fault : real(p, path, f, a, v, e);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int code = (int)syscall(SYS_clock_gettime, clock, time);
  if (code == 0 && clock == CLOCK_REALTIME) time->tv_sec += shift;
  return code;
}

int gettimeofday(struct timeval *time, void *zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
