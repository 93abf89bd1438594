// The entry point of the release binary, and the functions of memory that the compiler calls by name:
// glibc's own are chosen by relocations that have not been applied yet.
//
// The front gets the stack as the kernel made it. If it returns a status below 0, the whole program
// starts as if it had been called first.

#include <stddef.h>
#include <stdint.h>

// What the front uses instead of more stack, of which `ulimit -s` may leave little.
static char front_space[65536] __attribute__((aligned(4096), used));

// Read by the whole program: 1 if a manifest would have served this call, 2 if not, 0 without a front.
unsigned char cachetronomy_front_finding __attribute__((used));

#if defined(__x86_64__)
__asm__(
    ".section .text.front_start,\"ax\",@progbits\n"
    ".globl front_start\n"
    ".type front_start, @function\n"
    "front_start:\n"
    "  xorl %ebp, %ebp\n"
    "  movq %rdx, %r12\n"  // what `_start` is to register with atexit
    "  movq %rsp, %rbx\n"
    "  movq %rsp, %rdi\n"
    "  leaq front_space(%rip), %rsi\n"
    "  andq $-16, %rsp\n"
    "  call front_main\n"
    "  testl %eax, %eax\n"
    "  js 1f\n"
    "  movl %eax, %edi\n"
    "  movl $231, %eax\n"  // exit_group
    "  syscall\n"
    "1: negl %eax\n"
    "  movb %al, cachetronomy_front_finding(%rip)\n"
    "  movq %rbx, %rsp\n"
    "  movq %r12, %rdx\n"
    "  xorl %ebp, %ebp\n"
    "  jmp _start\n"
    ".size front_start, .-front_start\n"
    ".text\n");
#elif defined(__aarch64__)
__asm__(
    ".section .text.front_start,\"ax\",@progbits\n"
    ".globl front_start\n"
    ".type front_start, @function\n"
    "front_start:\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x19, x0\n"  // what `_start` is to register with atexit
    "  mov x20, sp\n"
    "  mov x0, sp\n"
    "  adrp x1, front_space\n"
    "  add x1, x1, :lo12:front_space\n"
    "  bl front_main\n"
    "  tbnz w0, #31, 1f\n"
    "  mov x8, #94\n"  // exit_group
    "  svc #0\n"
    "1: neg w0, w0\n"
    "  adrp x1, cachetronomy_front_finding\n"
    "  strb w0, [x1, :lo12:cachetronomy_front_finding]\n"
    "  mov sp, x20\n"
    "  mov x0, x19\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  b _start\n"
    ".size front_start, .-front_start\n"
    ".text\n");
#else
#error "the front knows x86-64 and arm64 only"
#endif

// Keeps the compiler from making a call of the function that it is in.
#define NOT_A_CALL __asm__ volatile("" ::: "memory")

void *front_copy(void *to, const void *from, size_t count) __asm__("memcpy");
void *front_copy(void *to, const void *from, size_t count) {
  char *out = to;
  const char *in = from;
  typedef uint64_t word __attribute__((aligned(1), may_alias));
  for (; count >= 8; count -= 8, out += 8, in += 8) {
    *(word *)out = *(const word *)in;
    NOT_A_CALL;
  }
  for (; count > 0; count--) {
    *out++ = *in++;
    NOT_A_CALL;
  }
  return to;
}

void *front_move(void *to, const void *from, size_t count) __asm__("memmove");
void *front_move(void *to, const void *from, size_t count) {
  char *out = to;
  const char *in = from;
  if (out <= in || out >= in + count) return front_copy(to, from, count);
  while (count-- > 0) {
    out[count] = in[count];
    NOT_A_CALL;
  }
  return to;
}

void *front_set(void *to, int byte, size_t count) __asm__("memset");
void *front_set(void *to, int byte, size_t count) {
  char *out = to;
  while (count-- > 0) {
    *out++ = (char)byte;
    NOT_A_CALL;
  }
  return to;
}

size_t front_length(const char *text) __asm__("strlen");
size_t front_length(const char *text) {
  size_t count = 0;
  while (text[count] != 0) {
    count++;
    NOT_A_CALL;
  }
  return count;
}
