// Starting a child process and watching it: the system calls that Swift cannot make or cannot see.
//
// Every function returns 0 or an errno value, unless its comment says otherwise. Every descriptor made here is
// close-on-exec.

#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdint.h>

// The step of a start at which an error occurred.
enum cprocess_stage {
  CPROCESS_STAGE_CREATE,  // making the process: limits on processes, memory, descriptors
  CPROCESS_STAGE_SETUP,   // session, descriptors
  CPROCESS_STAGE_CHDIR,   // entering the working directory
  CPROCESS_STAGE_EXEC,    // executing the program
};

enum cprocess_flags {
  CPROCESS_NO_NEW_PRIVILEGES = 1,  // set-user-ID programs such as sudo do not gain privileges
};

enum cprocess_limits {
  CPROCESS_CORE,
  CPROCESS_OPEN_FILES,
  CPROCESS_FILE_SIZE,
  CPROCESS_CPU,
  CPROCESS_PROCESSES,
  CPROCESS_LOCKS
};

// What a child inherits of this process and a start changes. Taken by cprocess_inspect while a start is being prepared,
// so that the child, for which everybody waits, need not look.
struct cprocess_inheritance {
  uint64_t ignored_signals;  // bit N - 1 for signal N
  int child_signal_is_default;  // whether SIGCHLD has neither a handler nor is ignored
  uint64_t soft_limits[CPROCESS_LOCKS + 1];
  uint64_t hard_limits[CPROCESS_LOCKS + 1];
};

void cprocess_inspect(struct cprocess_inheritance *inheritance);

// 1 if the process's first thread blocks a signal, or if nobody knows.
int cprocess_main_thread_blocks(int signal);

// Lets SIGCHLD through to the calling thread, or blocks it.
void cprocess_pass_child_signal(int passes);

// What to start. Limits apply where they are lower than those inherited; 0 leaves a limit as it is.
struct cprocess_request {
  const char *path;               // relative to the working directory when it is relative
  char *const *arguments;         // ends with NULL
  char *const *environment;       // ends with NULL
  const char *working_directory;  // NULL: the current one
  int standard_input;
  int standard_output;
  int standard_error;
  uint64_t open_files;   // soft limit only, so that a program that needs more can raise it
  uint64_t file_size;    // bytes
  uint64_t cpu_seconds;  // SIGXCPU, one second later SIGKILL
  uint64_t processes;    // of the same user, with all their threads; root is not bound by it
  uint64_t mark;         // of cprocess_mark
  unsigned flags;        // enum cprocess_flags
  struct cprocess_inheritance inheritance;
};

// A child that is the leader of a session and a process group of its own. To be reaped with cprocess_reap.
struct cprocess_child {
  int pid;
  int pidfd;
  enum cprocess_stage stage;  // where it failed, when cprocess_start returned an error
};

// A number by which a child and all its descendants can be told from other processes until they are reaped, or 0 where
// that is impossible. It is their RLIMIT_LOCKS, which Linux has not looked at since 2.4: inherited whatever they do to
// their session and environment, unless they lower it, and to be read by everybody in /proc/PID/limits, also of a zombie.
uint64_t cprocess_mark(const struct cprocess_inheritance *inheritance, uint64_t random);

// Starts a child, and returns once it executes its program, or could not; then nothing is left of it.
//
// The child has exactly the three descriptors, default signal dispositions, an empty signal mask, umask 077 and no core
// dumps. It is killed when the calling thread ends.
int cprocess_start(const struct cprocess_request *request, struct cprocess_child *child);

// Sends a signal to the process group that an unreaped child leads. ESRCH when somebody else has reaped the child:
// then its number may already belong to a stranger.
int cprocess_signal_group(const struct cprocess_child *child, int signal);

// How a child ended.
struct cprocess_exit {
  int signaled;  // 1: status is a signal's number; 0: it is the exit status
  int status;
};

// Waits for a child and reaps it. ECHILD when somebody else has reaped it.
int cprocess_reap(int pidfd, struct cprocess_exit *how);

// A descriptor for the process with this number, or -1 with errno.
int cprocess_open(int pid);

// Sends a signal to the process behind a descriptor of cprocess_open. Signal 0 only asks whether it is still unreaped.
int cprocess_signal(int pidfd, int signal);

// Makes this program the parent of all its orphaned descendants.
int cprocess_adopt_orphans(void);

// Keeps other processes of the same user from reading the memory and the environment of this one, and the system from
// writing them to a core dump. A program that this one executes is as readable as any.
int cprocess_seal(void);

// Names the calling thread; 15 bytes at most.
void cprocess_name_thread(const char *name);

enum cprocess_end { CPROCESS_READER, CPROCESS_WRITER };

// Makes a pipe of which the given end, the one that is kept, does not block.
int cprocess_pipe(int *reader, int *writer, enum cprocess_end kept);

// An epoll set, or a counter that wakes one: a descriptor, or -1 with errno.
int cprocess_epoll(void);
int cprocess_eventfd(void);

// Reports token whenever the descriptor can be read (CPROCESS_READER) or written (CPROCESS_WRITER) or has been hung up.
int cprocess_watch(int epoll, int descriptor, enum cprocess_end end, uint64_t token);

// Reports token once, when the process behind a descriptor has exited.
int cprocess_watch_exit(int epoll, int pidfd, uint64_t token);

// Reports token whenever the counter has been added to; it need not be read.
int cprocess_watch_counter(int epoll, int counter, uint64_t token);

// Stops the reports. For a descriptor that is about to be closed: a copy in another process would keep them coming.
void cprocess_unwatch(int epoll, int descriptor);

// Waits for events, at most 64 at a time: their number, 0 after that many milliseconds (-1: never), or -1 with errno.
int cprocess_wait(int epoll, uint64_t *tokens, int capacity, int milliseconds);

#endif
