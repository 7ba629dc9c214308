#define _GNU_SOURCE
#include "CProcess.h"
#include "clone.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
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
  int has_handlers;
  enum cprocess_stage stage;
  int error;
};

// MARK: - In the child: only async-signal-safe calls, for it may run in the memory of a parent with many threads.

static const int resources[] = {RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_LOCKS};

static uint64_t lower(uint64_t one, uint64_t other) { return one < other ? one : other; }

static void lower_limit(const struct cprocess_request *request, enum cprocess_limits which, uint64_t soft, uint64_t hard) {
  uint64_t inherited_soft = request->inheritance.soft_limits[which];
  uint64_t inherited_hard = request->inheritance.hard_limits[which];
  if (inherited_soft <= soft && inherited_hard <= hard) return;
  struct rlimit limit = {lower(soft, inherited_soft), lower(hard, inherited_hard)};
  if (setrlimit(resources[which], &limit) == 0 || getrlimit(resources[which], &limit)) return;
  // It has been lowered since.
  limit.rlim_cur = lower(soft, limit.rlim_cur);
  limit.rlim_max = lower(hard, limit.rlim_max);
  setrlimit(resources[which], &limit);
}

static void lower_limits(const struct cprocess_request *request) {
  lower_limit(request, CPROCESS_CORE, 0, 0);
  if (request->open_files) lower_limit(request, CPROCESS_OPEN_FILES, request->open_files, RLIM_INFINITY);
  if (request->file_size) lower_limit(request, CPROCESS_FILE_SIZE, request->file_size, request->file_size);
  if (request->cpu_seconds) lower_limit(request, CPROCESS_CPU, request->cpu_seconds, request->cpu_seconds + 1);
  if (request->processes) lower_limit(request, CPROCESS_PROCESSES, request->processes, request->processes);
  if (request->mark) lower_limit(request, CPROCESS_LOCKS, request->mark, request->mark);
}

// An ignored signal stays ignored across exec, and a handler must not run once the mask is empty. The system call itself,
// because the C library does not touch the two signals it keeps for itself, and leaves them ignored in its own children.
static void reset_signals(const struct start *start) {
  static const unsigned long defaults[8];  // the kernel's struct sigaction
  uint64_t signals = start->has_handlers ? ~UINT64_C(0) : start->request->inheritance.ignored_signals;
  for (int number = 1; number < _NSIG; number++)
    if (signals >> (number - 1) & 1) syscall(SYS_rt_sigaction, number, defaults, NULL, _NSIG / 8);
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
  reset_signals(start);
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
  start->has_handlers = 0;
  child->pid = clone_without_handlers(run_child, start, stack, sizeof stack, &child->pidfd);
  if (child->pid < 0 && (errno == ENOSYS || errno == EINVAL || errno == EPERM)) {
    start->has_handlers = 1;
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    child->pid = clone(run_child, stack + sizeof stack, flags, start, &child->pidfd);
  }
  return child->pid < 0 ? errno : 0;
}

#endif

int cprocess_start(const struct cprocess_request *request, struct cprocess_child *child) {
  struct start start = {.request = request, .parent = getpid(), .report = -1, .has_handlers = 1};
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

void cprocess_inspect(struct cprocess_inheritance *inheritance) {
  inheritance->ignored_signals = 0;
  inheritance->child_signal_is_default = 0;
  for (int number = 1; number < _NSIG; number++) {
    unsigned long action[8] = {0};  // the kernel's struct sigaction, which begins with the handler
    if (number == SIGKILL || number == SIGSTOP || syscall(SYS_rt_sigaction, number, NULL, action, _NSIG / 8)) continue;
    if (number == SIGCHLD) inheritance->child_signal_is_default = action[0] == (unsigned long)SIG_DFL;
    if (action[0] == (unsigned long)SIG_IGN) inheritance->ignored_signals |= UINT64_C(1) << (number - 1);
  }
  for (int which = 0; which <= CPROCESS_LOCKS; which++) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    getrlimit(resources[which], &limit);
    inheritance->soft_limits[which] = limit.rlim_cur;
    inheritance->hard_limits[which] = limit.rlim_max;
  }
}

int cprocess_main_thread_blocks(int signal) {
  FILE *file = fopen("/proc/self/status", "re");
  if (!file) return 1;
  char line[256];
  unsigned long long blocked = ~0ULL;
  while (fgets(line, sizeof line, file) && sscanf(line, "SigBlk: %llx", &blocked) != 1) continue;
  fclose(file);
  return (blocked >> (signal - 1)) & 1;
}

void cprocess_pass_child_signal(int passes) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  pthread_sigmask(passes ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

// Far beyond any number of locks, and room for a million programs below one another.
#define HIGHEST_MARK (UINT64_C(1) << 62)
#define MARKS (UINT64_C(1) << 40)

uint64_t cprocess_mark(const struct cprocess_inheritance *inheritance, uint64_t random) {
  uint64_t highest = lower(inheritance->hard_limits[CPROCESS_LOCKS], HIGHEST_MARK);
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

static int watch(int epoll, int descriptor, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) ? errno : 0;
}

int cprocess_watch(int epoll, int descriptor, enum cprocess_end end, uint64_t token) {
  return watch(epoll, descriptor, end == CPROCESS_WRITER ? EPOLLOUT : EPOLLIN, token);
}

int cprocess_watch_exit(int epoll, int pidfd, uint64_t token) {
  return watch(epoll, pidfd, EPOLLIN | EPOLLONESHOT, token);
}

int cprocess_watch_counter(int epoll, int counter, uint64_t token) {
  return watch(epoll, counter, EPOLLIN | EPOLLET, token);
}

void cprocess_unwatch(int epoll, int descriptor) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int cprocess_wait(int epoll, uint64_t *tokens, int capacity, int milliseconds) {
  struct epoll_event ready[64];
  int count = epoll_wait(epoll, ready, capacity < 64 ? capacity : 64, milliseconds);
  for (int i = 0; i < count; i++) tokens[i] = ready[i].data.u64;
  return count;
}
