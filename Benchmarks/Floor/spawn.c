// What it takes to run a program COUNT times, one after the other: posix_spawn with pipes, a line in, everything out.
//
//   spawn COUNT PROGRAM [ARGUMENT…]
//
// Prints the median of the wall times in microseconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int run(char **program) {
  static const char line[] = "{\"a\":1,\"b\":2}\n";
  char output[65536];
  int in[2], out[2], status;
  pid_t child;
  posix_spawn_file_actions_t actions;
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) return 1;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  int error = posix_spawnp(&child, program[0], &actions, NULL, program, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  if (error) return error;
  if (write(in[1], line, sizeof line - 1) < 0) {}
  close(in[1]);
  while (read(out[0], output, sizeof output) > 0) {}
  close(out[0]);
  waitpid(child, &status, 0);
  return status;
}

static int ascending(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int rounds = atoi(arguments[1]);
  double *times = calloc((size_t)rounds, sizeof *times);
  signal(SIGPIPE, SIG_IGN);
  for (int round = 0; round < rounds; round++) {
    double start = now();
    int status = run(arguments + 2);
    times[round] = now() - start;
    if (status) {
      fprintf(stderr, "spawn: %s ended with status %d\n", arguments[2], status);
      return 1;
    }
  }
  qsort(times, (size_t)rounds, sizeof *times, ascending);
  printf("%.1f\n", times[rounds / 2]);
}
