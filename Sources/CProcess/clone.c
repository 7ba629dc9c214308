#define _GNU_SOURCE
#include "clone.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

// The kernel's struct clone_args, in its first version.
struct arguments {
  uint64_t flags;
  uint64_t pidfd;
  uint64_t child_tid;
  uint64_t parent_tid;
  uint64_t exit_signal;
  uint64_t stack;
  uint64_t stack_size;
  uint64_t tls;
};

#define CLEAR_HANDLERS UINT64_C(0x100000000)  // CLONE_CLEAR_SIGHAND, since Linux 5.5

// The child begins behind the system call on an empty stack, so that it cannot return to C.
#if defined(__x86_64__) && defined(SYS_clone3)
#define HAS_CLONE3 1

static long clone3(struct arguments *arguments, int (*run)(void *), void *context) {
  long result;
  __asm__ volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "movq %[context], %%rdi\n\t"
      "callq *%[run]\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), [run] "r"(run), [context] "r"(context)
      : "rcx", "r11", "memory", "cc");
  return result;
}

#elif defined(__aarch64__) && defined(SYS_clone3)
#define HAS_CLONE3 1

static long clone3(struct arguments *arguments, int (*run)(void *), void *context) {
  register long number __asm__("x8") = SYS_clone3;
  register long result __asm__("x0") = (long)arguments;
  register unsigned long size __asm__("x1") = sizeof *arguments;
  __asm__ volatile(
      "svc #0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x0, %[context]\n\t"
      "blr %[run]\n\t"
      "brk #1\n"
      "1:"
      : "+r"(result)
      : "r"(number), "r"(size), [run] "r"(run), [context] "r"(context)
      : "memory", "cc");
  return result;
}

#endif

pid_t clone_without_handlers(int (*run)(void *), void *context, void *stack, size_t size, int *pidfd) {
#ifdef HAS_CLONE3
  struct arguments arguments = {
      .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLEAR_HANDLERS,
      .pidfd = (uintptr_t)pidfd,
      .exit_signal = SIGCHLD,
      .stack = (uintptr_t)stack,
      .stack_size = size,
  };
  long result = clone3(&arguments, run, context);
  if (result >= 0) return (pid_t)result;
  errno = (int)-result;
#else
  (void)run, (void)context, (void)stack, (void)size, (void)pidfd;
  errno = ENOSYS;
#endif
  return -1;
}
