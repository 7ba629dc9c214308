// Making a process that shares the caller's memory and has none of its signal handlers.

#ifndef CLONE_H
#define CLONE_H

#include <stddef.h>
#include <sys/types.h>

// Makes a child that calls run, which must not return, on a stack of its own, and returns its number once it executes a
// program or has exited; or -1 with errno: ENOSYS, EINVAL or EPERM where the system has no such call or forbids it.
//
// Signals that the caller handles are at their defaults in the child; those that it ignores stay ignored.
pid_t clone_without_handlers(int (*run)(void *), void *context, void *stack, size_t size, int *pidfd);

#endif
