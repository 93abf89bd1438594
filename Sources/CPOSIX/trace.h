#ifndef CACHETRONOMY_CPOSIX_TRACE_H
#define CACHETRONOMY_CPOSIX_TRACE_H

// What the tracer needs and Swift cannot import: variadic `ptrace` and `syscall`, fork, macros. Numbers are
// written out, since <sys/ptrace.h> and <linux/ptrace.h> define the same names.

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline long cachetronomy_ptrace(
    long request, int pid, unsigned long address, unsigned long data) {
  return syscall(SYS_ptrace, request, (long)pid, address, data);
}

// The system call at which a filter stopped a thread: architecture, number, six arguments.
static inline int cachetronomy_traced_call(int pid, uint64_t *to) {
  struct {
    uint8_t kind, pad[3];
    uint32_t architecture;
    uint64_t instruction, stack, number, arguments[6];
    uint32_t data;
  } call;
  if (syscall(SYS_ptrace, 0x420eL /* PTRACE_GET_SYSCALL_INFO */, (long)pid, sizeof call, &call) <= 0)
    return 0;
  if (call.kind != 3 /* PTRACE_SYSCALL_INFO_SECCOMP */) return 0;
  to[0] = call.architecture;
  to[1] = call.number;
  for (int at = 0; at < 6; at++) to[2 + at] = call.arguments[at];
  return 1;
}

static inline long cachetronomy_read_memory(int pid, void *to, uint64_t from, size_t count) {
  struct {
    void *start;
    size_t size;
  } here = {to, count}, there = {(void *)(uintptr_t)from, count};
  return syscall(SYS_process_vm_readv, (long)pid, &here, 1L, &there, 1L, 0L);
}

static inline long cachetronomy_install_filter(const void *code, unsigned short count) {
  struct {
    unsigned short count;
    const void *code;
  } filter = {count, code};
  return syscall(SYS_seccomp, 1L /* SECCOMP_SET_MODE_FILTER */, 0L, &filter);
}

// Starts a command that waits until it is traced, installs the filter and executes the program; `shell` are
// the arguments of /bin/sh for a script without '#!'. A failure is written to `report`: 'F' or 'X', then errno.
// Only what may be called between fork and exec is.
static inline int cachetronomy_start_traced(
    const char *path, char **arguments, char **environment, char **shell, const void *code,
    unsigned short count, int gate, int opener, int report, const uint64_t *mask) {
  int pid = (int)fork();
  if (pid != 0) return pid;
  struct {
    char kind;
    char error[4];
  } failure = {'F', {0}};
  char byte;
  ssize_t got;
  // Without a tracer that opens it the gate ends, and so does the command.
  close(opener);
  while ((got = read(gate, &byte, 1)) < 0 && errno == EINTR) continue;
  if (got != 1) _exit(125);
  // An unprivileged process may filter itself only if no program it starts gains privileges.
  if (cachetronomy_install_filter(code, count) != 0 &&
      (syscall(SYS_prctl, 38L /* PR_SET_NO_NEW_PRIVS */, 1L, 0L, 0L, 0L) != 0 ||
       cachetronomy_install_filter(code, count) != 0)) {
    int32_t error = errno;
    __builtin_memcpy(failure.error, &error, 4);
  } else {
    syscall(SYS_rt_sigprocmask, 2L /* SIG_SETMASK */, mask, 0L, 8L);
    failure.kind = 'X';
    execve(path, arguments, environment);
    if (errno == ENOEXEC) execve("/bin/sh", shell, environment);
    int32_t error = errno;
    __builtin_memcpy(failure.error, &error, 4);
  }
  if (write(report, &failure, sizeof failure) < 0) _exit(125);
  _exit(127);
}

#endif
