#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CPROCESS_FORK 1  // its interceptors abort in a child that shares the parent's memory
#endif
#endif

#define WITHOUT_ADDRESS_SANITIZER
#if defined(__clang__)
#undef WITHOUT_ADDRESS_SANITIZER
#define WITHOUT_ADDRESS_SANITIZER __attribute__((no_sanitize("address")))
#endif

// What parent and child of a start share.
struct start {
  const struct cprocess_request *request;
  pid_t parent;
  int report;  // a pipe for the error, when memory is not shared; else -1
  enum cprocess_stage stage;
  int error;
};

// MARK: - In the child: only async-signal-safe calls, for it may run in the memory of a parent with many threads.

static void lower_limit(int resource, uint64_t soft, uint64_t hard) {
  struct rlimit limit;
  if (getrlimit(resource, &limit)) return;
  if (soft < limit.rlim_cur) limit.rlim_cur = soft;
  if (hard < limit.rlim_max) limit.rlim_max = hard;
  setrlimit(resource, &limit);
}

static void lower_limits(const struct cprocess_request *request) {
  lower_limit(RLIMIT_CORE, 0, 0);
  if (request->open_files) lower_limit(RLIMIT_NOFILE, request->open_files, RLIM_INFINITY);
  if (request->file_size) lower_limit(RLIMIT_FSIZE, request->file_size, request->file_size);
  if (request->cpu_seconds) lower_limit(RLIMIT_CPU, request->cpu_seconds, request->cpu_seconds + 1);
  if (request->processes) lower_limit(RLIMIT_NPROC, request->processes, request->processes);
  if (request->mark) lower_limit(RLIMIT_LOCKS, request->mark, request->mark);
}

// An ignored signal stays ignored across exec, and a handler must not run once the mask is empty. The system call itself,
// because the C library does not touch the two signals it keeps for itself, and leaves them ignored in its own children.
static void reset_signals(void) {
  static const unsigned long defaults[8];  // the kernel's struct sigaction
  for (int number = 1; number < _NSIG; number++) syscall(SYS_rt_sigaction, number, defaults, NULL, _NSIG / 8);
}

static void close_from(unsigned first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  // A filter of system calls denies it. What we opened ourselves is close-on-exec anyway.
  struct rlimit limit;
  rlim_t end = getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > 65536 ? 65536 : limit.rlim_cur;
  for (unsigned descriptor = first; descriptor < end; descriptor++) close((int)descriptor);
}

// A source may itself be 0, 1 or 2, if the program was started without them: it moves out of the way first.
static int place_descriptors(const struct cprocess_request *request) {
  int sources[3] = {request->standard_input, request->standard_output, request->standard_error};
  for (int i = 0; i < 3; i++) {
    if (sources[i] > 2) continue;
    sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 3);
    if (sources[i] < 0) return errno;
  }
  for (int i = 0; i < 3; i++)
    if (dup2(sources[i], i) < 0) return errno;
  return 0;
}

static int prepare(struct start *start) {
  const struct cprocess_request *request = start->request;
  sigset_t none;
  start->stage = CPROCESS_STAGE_SETUP;
  if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL)) return errno;
  if (getppid() != start->parent) _exit(127);  // it died before the signal of its death was ordered
  reset_signals();
  if (start->report >= 0 && start->report < 3) {
    start->report = fcntl(start->report, F_DUPFD_CLOEXEC, 3);
    if (start->report < 0) return errno;
  }
  int error = place_descriptors(request);
  if (error) return error;
  if (start->report > 3) {
    if (dup3(start->report, 3, O_CLOEXEC) < 0) return errno;
    start->report = 3;
  }
  close_from(start->report < 0 ? 3 : 4);
  umask(077);
  lower_limits(request);
  if (request->flags & CPROCESS_NO_NEW_PRIVILEGES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
  start->stage = CPROCESS_STAGE_CHDIR;
  if (request->working_directory && chdir(request->working_directory)) return errno;
  start->stage = CPROCESS_STAGE_EXEC;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL)) return errno;
  execve(request->path, request->arguments, request->environment);
  return errno;
}

WITHOUT_ADDRESS_SANITIZER static int run_child(void *context) {
  struct start *start = context;
  start->error = prepare(start);
  if (start->report >= 0 && write(start->report, start, sizeof *start) < 0) _exit(126);
  _exit(127);
}

// MARK: - In the parent

#if CPROCESS_FORK

static int make_child(struct start *start, struct cprocess_child *child) {
  int ends[2];
  struct start failure;
  if (pipe2(ends, O_CLOEXEC)) return errno;
  start->report = ends[1];
  child->pid = fork();
  if (child->pid == 0) run_child(start);
  int error = child->pid < 0 ? errno : 0;
  close(ends[1]);
  if (!error && read(ends[0], &failure, sizeof failure) == sizeof failure) {
    start->stage = failure.stage;
    start->error = failure.error;
  }
  close(ends[0]);
  if (error) return error;
  child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
  if (child->pidfd < 0) {
    error = errno;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
  }
  return error;
}

#else

// The parent's thread sleeps until the child has left its memory, so that the child's stack can lie on the parent's.
WITHOUT_ADDRESS_SANITIZER static int make_child(struct start *start, struct cprocess_child *child) {
  _Alignas(16) char stack[32 * 1024];
  int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  child->pid = clone(run_child, stack + sizeof stack, flags, start, &child->pidfd);
  return child->pid < 0 ? errno : 0;
}

#endif

int cprocess_start(const struct cprocess_request *request, struct cprocess_child *child) {
  struct start start = {.request = request, .parent = getpid(), .report = -1};
  struct cprocess_exit ignored;
  sigset_t all, previous;
  child->stage = CPROCESS_STAGE_CREATE;
  // A handler of the parent must not run in the child, which has its memory.
  sigfillset(&all);
  int error = pthread_sigmask(SIG_SETMASK, &all, &previous);
  if (error) return error;
  error = make_child(&start, child);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  if (error) return error;
  if (start.error) {
    child->stage = start.stage;
    cprocess_reap(child->pidfd, &ignored);
    close(child->pidfd);
  }
  return start.error;
}

// Far beyond any number of locks, and room for a million programs below one another.
#define HIGHEST_MARK (UINT64_C(1) << 62)
#define MARKS (UINT64_C(1) << 40)

uint64_t cprocess_mark(uint64_t random) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_LOCKS, &limit)) return 0;
  uint64_t highest = limit.rlim_max < HIGHEST_MARK ? limit.rlim_max : HIGHEST_MARK;
  return highest > 2 * MARKS ? highest - 1 - random % MARKS : 0;
}

int cprocess_signal(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) ? errno : 0;
}

int cprocess_signal_group(const struct cprocess_child *child, int signal) {
  int error = cprocess_signal(child->pidfd, 0);
  if (error == ESRCH) return error;
  return kill(-child->pid, signal) ? errno : 0;
}

int cprocess_reap(int pidfd, struct cprocess_exit *how) {
  siginfo_t info;
  int failed;
  do failed = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
  while (failed && errno == EINTR);
  if (failed) return errno;
  how->signaled = info.si_code != CLD_EXITED;
  how->status = info.si_status;
  return 0;
}

int cprocess_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cprocess_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? errno : 0; }

int cprocess_seal(void) {
  struct rlimit none = {0, 0};
  return setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? errno : 0;
}

void cprocess_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int cprocess_pipe(int *reader, int *writer, enum cprocess_end kept) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) return errno;
  if (fcntl(ends[kept == CPROCESS_WRITER], F_SETFL, O_NONBLOCK)) {
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return error;
  }
  *reader = ends[0];
  *writer = ends[1];
  return 0;
}

int cprocess_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cprocess_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cprocess_watch(int epoll, int descriptor, enum cprocess_end end, uint64_t token) {
  struct epoll_event event = {.events = end == CPROCESS_WRITER ? EPOLLOUT : EPOLLIN, .data = {.u64 = token}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) ? errno : 0;
}

void cprocess_unwatch(int epoll, int descriptor) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int cprocess_wait(int epoll, uint64_t *tokens, int capacity, int milliseconds) {
  struct epoll_event ready[64];
  int count = epoll_wait(epoll, ready, capacity < 64 ? capacity : 64, milliseconds);
  for (int i = 0; i < count; i++) tokens[i] = ready[i].data.u64;
  return count;
}
