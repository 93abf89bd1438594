#ifndef CACHETRONOMY_CPOSIX_SHIM_H
#define CACHETRONOMY_CPOSIX_SHIM_H

// What Swift's Glibc module does not show: globals that Swift 6 refuses, and calls behind
// _GNU_SOURCE.

#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <ucontext.h>
#include <unistd.h>

extern char **environ;

static inline char **cachetronomy_environ(void) { return environ; }

// The words that this process was started with. Swift reads them from /proc, which may not be there
// (a chroot) or not to be opened (no descriptor is left), and then finds none. Where glibc is
// linked in, what it keeps for itself can be read; NULL in a dynamic build.
extern int __libc_argc __attribute__((weak));
extern char **__libc_argv __attribute__((weak));

static inline char **cachetronomy_words(int *count) {
  if (!&__libc_argc || !&__libc_argv || !__libc_argv) return NULL;
  *count = __libc_argc;
  return __libc_argv;
}

// The same; none where they cannot be told.
static inline char **cachetronomy_words_or_none(int *count) {
  static char *none[1];
  char **words = cachetronomy_words(count);
  if (words) return words;
  *count = 0;
  return none;
}

// What the front found, if there is one in this program: 1 no manifest or one that does not hold, 2
// that it may not serve this call.
extern unsigned char cachetronomy_front_finding __attribute__((weak));

// Whether the front would have served this call by a manifest.
static inline bool cachetronomy_front_wants_manifest(void) {
  return &cachetronomy_front_finding && cachetronomy_front_finding == 1;
}

extern unsigned long getauxval(unsigned long kind);
extern void *mmap(void *start, size_t size, int access, int flags, int fd, long offset);
extern int getrlimit64(unsigned kind, void *limit);
extern int pthread_attr_init(void *attributes);
extern int pthread_attr_setstacksize(void *attributes, size_t size);
extern int pthread_setattr_default_np(const void *attributes);

// Gives every thread that is made later a stack of this size; by default it is `ulimit -s`.
static inline void cachetronomy_set_thread_stack(size_t size) {
  long attributes[16];  // More than a pthread_attr_t has on any machine.
  if (pthread_attr_init(attributes) == 0 && pthread_attr_setstacksize(attributes, size) == 0)
    pthread_setattr_default_np(attributes);
}

// Calls a function, on its own stack where `ulimit -s` has left too little of this one: what the
// arguments and the environment take of it counts.
static inline void cachetronomy_with_stack(void (*body)(void)) {
  enum { needed = 512 << 10, size = 2 << 20 };
  struct {
    unsigned long soft, hard;
  } limit;
  ucontext_t here, there;
  // The name of the program stands at the very beginning of the stack.
  unsigned long start = getauxval(31 /* AT_EXECFN */);
  unsigned long used = start - (unsigned long)&here;
  if (!start || used > 1UL << 40 || getrlimit64(3 /* RLIMIT_STACK */, &limit) != 0 ||
      (limit.soft > used && limit.soft - used >= needed)) {
    body();
    return;
  }
  cachetronomy_set_thread_stack(needed);
  void *stack = mmap(NULL, size, 3 /* read, write */, 0x20022 /* private, of a stack */, -1, 0);
  if (stack == (void *)-1 || getcontext(&there) != 0) {
    body();
    return;
  }
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = size;
  there.uc_link = &here;
  makecontext(&there, body, 0);
  swapcontext(&here, &there);
}

static inline int cachetronomy_terminal_width(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// The lines of the terminal at a descriptor; 0 if it is none.
static inline int cachetronomy_terminal_height(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

// The kind of file system that a path is on, as statfs names it; 0 if that is not known.
static inline unsigned long cachetronomy_filesystem_kind(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (unsigned long)status.f_type & 0xffffffffUL : 0;
}

// Bytes that the file system of a path holds at most.
static inline unsigned long long cachetronomy_filesystem_size(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0
             ? (unsigned long long)status.f_blocks * (unsigned long long)status.f_bsize
             : 0;
}

// Bytes that the file system of a path has left for us; -1 if that is not known.
static inline long long cachetronomy_filesystem_free(const char *path) {
  struct statfs status;
  // Some file systems of FUSE do not say.
  if (statfs(path, &status) != 0 || status.f_blocks == 0) return -1;
  return (long long)status.f_bavail * (long long)status.f_bsize;
}

// Gives a file disk space beyond its end, without a change to its size. Behind _GNU_SOURCE in
// <fcntl.h>.
static inline int cachetronomy_allocate(int fd, long offset, long size) {
  return (int)syscall(SYS_fallocate, fd, 1 /* FALLOC_FL_KEEP_SIZE */, offset, size);
}

// Bytes that could be read from a pipe, socket or terminal immediately.
static inline int cachetronomy_waiting_bytes(int fd) {
  int count = 0;
  return ioctl(fd, FIONREAD, &count) == 0 ? count : 0;
}

extern void *memmem(const void *text, size_t size, const void *wanted, size_t count);

// Whether some bytes stand in others. Behind _GNU_SOURCE in <string.h>.
static inline bool cachetronomy_find(
    const void *text, size_t size, const void *wanted, size_t count) {
  return memmem(text, size, wanted, count) != NULL;
}

// The kind of file system that an open file is on, as statfs names it; 0 if that is not known.
static inline unsigned long cachetronomy_descriptor_filesystem(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) == 0 ? (unsigned long)status.f_type & 0xffffffffUL : 0;
}

// POLLRDHUP: the other side of a socket has stopped sending. Behind _GNU_SOURCE in <poll.h>.
static const int cachetronomy_poll_closed = 0x2000;

// O_PATH: a handle on a file that is not opened. Behind _GNU_SOURCE in <fcntl.h>.
static const int cachetronomy_path_only = 010000000;

// Declared here, since what <fcntl.h> and <sys/socket.h> declare would be this module's for Swift.
extern int fcntl(int fd, int command, ...);
extern ssize_t send(int fd, const void *bytes, size_t count, int flags);

// Another descriptor of the same open file, above 2 and closed on exec; -1 if there is none left.
static inline int cachetronomy_duplicate(int fd) {
  return fcntl(fd, 1030 /* F_DUPFD_CLOEXEC */, 3);
}

// Whether two descriptors are one open file: 1 or 0; -1 where the kernel does not tell.
static inline int cachetronomy_is_same_open_file(int one, int other) {
  int same = fcntl(one, 1024 + 3 /* F_DUPFD_QUERY, Linux 6.10 */, other);
  if (same >= 0) return same;
#ifdef SYS_kcmp
  long order = syscall(SYS_kcmp, getpid(), getpid(), 0 /* KCMP_FILE */, one, other);
  if (order >= 0) return order == 0;
#endif
  return -1;
}

// Writes to a pipe what it takes immediately; -1 with EAGAIN if that is nothing, with EOPNOTSUPP
// where the file cannot do that.
static inline long cachetronomy_write_nowait(int fd, const void *bytes, size_t count) {
  struct {
    const void *bytes;
    size_t count;
  } part = {bytes, count};
  return syscall(SYS_pwritev2, fd, &part, 1L, -1L, -1L, 8 /* RWF_NOWAIT */);
}

// Sends to a socket what it takes immediately, without a signal if the other side is gone.
static inline long cachetronomy_send_nowait(int fd, const void *bytes, size_t count) {
  return send(fd, bytes, count, 0x40 | 0x4000 /* MSG_DONTWAIT | MSG_NOSIGNAL */);
}

extern int clone(int (*body)(void *), void *stack, int flags, void *argument, ...);
extern int close(int fd);

// The body of the process that closes one descriptor last, after all others that it has copies of.
// It shares this process's memory and touches none of it.
static int cachetronomy_close_last(void *argument) {
  unsigned last = (unsigned)(long)argument;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, last + 1, ~0U, 0) == 0 &&
      (last == 0 || syscall(SYS_close_range, 0, last - 1, 0) == 0))
    return 0;
#endif
  for (unsigned fd = 0; fd < 1024; fd++)
    if (fd != last) close((int)fd);
  return 0;
}

// Closes a descriptor whose closing takes long, in its own process for which nothing waits. Once
// in a process; a second call closes in place.
static inline void cachetronomy_close_elsewhere(int fd) {
  static _Alignas(64) char stack[16384];
  static bool is_used;
  if (!is_used) {
    is_used = true;
    clone(cachetronomy_close_last, stack + sizeof stack, 0x100 /* CLONE_VM */, (void *)(long)fd);
  }
  close(fd);
}

static const int cachetronomy_spawn_setsid = 0x80;
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *actions, const char *path);

// The process begins in another directory.
static inline int cachetronomy_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

// In the child every descriptor from this one on is closed.
static inline int cachetronomy_spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// Whether processes that descendants of this one leave behind become its children.
static inline bool cachetronomy_is_subreaper(void) {
  int is_set = 0;
  return syscall(SYS_prctl, 37 /* PR_GET_CHILD_SUBREAPER */, &is_set, 0, 0, 0) == 0 && is_set;
}

static inline void cachetronomy_set_subreaper(bool is_set) {
  syscall(SYS_prctl, 36 /* PR_SET_CHILD_SUBREAPER */, (long)is_set, 0L, 0L, 0L);
}

// A descriptor that becomes readable when the process ends; -1 on kernels before 5.3.
static inline int cachetronomy_pidfd_open(int pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0);
#else
  (void)pid;
  return -1;
#endif
}

#endif
