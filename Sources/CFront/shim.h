#ifndef CACHETRONOMY_CFRONT_SHIM_H
#define CACHETRONOMY_CFRONT_SHIM_H

// The kernel's interface for the front, which runs before any C library: raw system calls that
// return -errno on failure, and the structures that they fill in.

#include <stdint.h>

#if defined(__x86_64__)

enum {
  front_sys_read = 0,
  front_sys_write = 1,
  front_sys_close = 3,
  front_sys_fstat = 5,
  front_sys_lseek = 8,
  front_sys_mmap = 9,
  front_sys_munmap = 11,
  front_sys_rt_sigprocmask = 14,
  front_sys_ioctl = 16,
  front_sys_pread64 = 17,
  front_sys_fcntl = 72,
  front_sys_flock = 73,
  front_sys_getcwd = 79,
  front_sys_getgroups = 115,
  front_sys_fstatfs = 138,
  front_sys_clock_gettime = 228,
  front_sys_exit_group = 231,
  front_sys_openat = 257,
  front_sys_newfstatat = 262,
  front_sys_readlinkat = 267,
  front_sys_faccessat = 269,
  front_sys_ppoll = 271,
  front_sys_utimensat = 280,
};

// struct stat of x86-64 Linux.
struct front_stat {
  uint64_t device, inode, links;
  uint32_t mode, uid, gid, reserved;
  uint64_t special;
  int64_t size, block_size, blocks;
  int64_t accessed, accessed_ns, modified, modified_ns, changed, changed_ns;
  int64_t unused[3];
};

enum { front_o_nofollow = 0400000 };

static inline __attribute__((always_inline)) long front_call(
    long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long fourth __asm__("r10") = d;
  register long fifth __asm__("r8") = e;
  register long sixth __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

enum {
  front_sys_getcwd = 17,
  front_sys_fcntl = 25,
  front_sys_ioctl = 29,
  front_sys_flock = 32,
  front_sys_fstatfs = 44,
  front_sys_faccessat = 48,
  front_sys_openat = 56,
  front_sys_close = 57,
  front_sys_lseek = 62,
  front_sys_read = 63,
  front_sys_write = 64,
  front_sys_pread64 = 67,
  front_sys_ppoll = 73,
  front_sys_readlinkat = 78,
  front_sys_newfstatat = 79,
  front_sys_fstat = 80,
  front_sys_utimensat = 88,
  front_sys_exit_group = 94,
  front_sys_clock_gettime = 113,
  front_sys_rt_sigprocmask = 135,
  front_sys_getgroups = 158,
  front_sys_munmap = 215,
  front_sys_mmap = 222,
};

// struct stat of arm64 Linux.
struct front_stat {
  uint64_t device, inode;
  uint32_t mode, links, uid, gid;
  uint64_t special, reserved;
  int64_t size;
  int32_t block_size, reserved_2;
  int64_t blocks;
  int64_t accessed, accessed_ns, modified, modified_ns, changed, changed_ns;
  int32_t unused[2];
};

enum { front_o_nofollow = 0100000 };

static inline __attribute__((always_inline)) long front_call(
    long number, long a, long b, long c, long d, long e, long f) {
  register long result __asm__("x0") = a;
  register long second __asm__("x1") = b;
  register long third __asm__("x2") = c;
  register long fourth __asm__("x3") = d;
  register long fifth __asm__("x4") = e;
  register long sixth __asm__("x5") = f;
  register long call __asm__("x8") = number;
  __asm__ volatile("svc 0"
                   : "+r"(result)
                   : "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth), "r"(call)
                   : "memory", "cc");
  return result;
}

#else
#error "the front knows the system calls of x86-64 and arm64 only"
#endif

// Copies bytes; a count below 1 copies none.
static inline __attribute__((always_inline)) void front_copy(
    void *to, const void *from, long count) {
  if (count > 0) __builtin_memcpy(to, from, (unsigned long)count);
}

struct front_time {
  int64_t seconds, nanoseconds;
};

struct front_poll {
  int32_t descriptor;
  int16_t events, found;
};

// struct statfs; only the kind of file system is read.
struct front_statfs {
  int64_t kind;
  int64_t rest[31];
};

#endif
