// An endpoint of chat completions on loopback that costs as little as possible: one thread, no JSON, no state.
//
//   endpoint [turns=N] [calls=K] [think=MS] [words=W] [apart=1]
//
// It asks for K calls of add(a, b) while a request holds the results of fewer than N turns, and then answers with W
// words, each reply after MS milliseconds. A request with "stream":true near its beginning gets a stream, with apart=1
// each event in a write of its own. Prints its port, ends at the end of its standard input, and then prints the bytes
// of the largest request.
#define _GNU_SOURCE
#include "bytes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
  int socket;
  bool waits_to_write, is_closed, is_thinking;
  struct bytes in, out;
  size_t head, length;  // of the request, once its head is there
  size_t written;
  size_t *ends;  // of the pieces that are written apart
  size_t end_count, ends_done;
  int64_t due;
  struct connection *next;  // among those that think, in the order of their ends
};

static long turns, calls = 1, think, words = 8, apart;
static struct connection *thinking, **last_thinking = &thinking;
static int epoll;
static size_t largest;
static unsigned long served;

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

// MARK: - Replies

static long results(const char *body, const char *end) {
  long count = 0;
  while ((body = FIND(body, end, "\"role\":\"tool\""))) {
    body += 13;
    count++;
  }
  return count;
}

static void append_call(struct bytes *out, long turn, long call) {
  char text[300];
  int count = snprintf(text, sizeof text,
                       "\"id\":\"call_%06ld_%03ld\",\"type\":\"function\",\"function\":{\"name\":\"add\","
                       "\"arguments\":\"{\\\"a\\\":%ld,\\\"b\\\":%ld}\"}}",
                       turn, call, turn + call, turn + call + 1);
  append(out, text, (size_t)count);
}

static void answer_whole(struct bytes *out, long turn, size_t request) {
  static struct bytes body;
  char text[300];
  body.count = 0;
  append_text(&body,
              "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1750000000,\"model\":\"bench\","
              "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
  if (turn < turns) {
    append_text(&body, "null,\"tool_calls\":[");
    for (long call = 0; call < calls; call++) {
      append_text(&body, call ? ",{" : "{");
      append_call(&body, turn, call);
    }
    append_text(&body, "]},\"logprobs\":null,\"finish_reason\":\"tool_calls\"}]");
  } else {
    append_text(&body, "\"");
    for (long word = 0; word < words; word++) append_text(&body, "word ");
    append_text(&body, "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]");
  }
  append(&body, text,
         (size_t)snprintf(text, sizeof text,
                          ",\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%ld,\"total_tokens\":%zu}}",
                          request / 4, words, request / 4 + (size_t)words));
  append(out, text,
         (size_t)snprintf(text, sizeof text,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                          body.count));
  append(out, body.start, body.count);
}

static void append_event(struct connection *connection, const char *choices, size_t count) {
  static const char head[] =
      "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1750000000,\"model\":\"bench\",";
  char size[32];
  append(&connection->out, size, (size_t)snprintf(size, sizeof size, "%zx\r\n", sizeof head - 1 + count + 3));
  append(&connection->out, head, sizeof head - 1);
  append(&connection->out, choices, count);
  append_text(&connection->out, "}\n\n\r\n");
  if (!apart) return;
  connection->ends = realloc(connection->ends, (connection->end_count + 1) * sizeof(size_t));
  connection->ends[connection->end_count++] = connection->out.count;
}

static void append_delta(struct connection *connection, const char *delta, size_t count) {
  static struct bytes choices;
  choices.count = 0;
  append_text(&choices, "\"choices\":[{\"index\":0,\"delta\":{");
  append(&choices, delta, count);
  append_text(&choices, "},\"logprobs\":null,\"finish_reason\":null}]");
  append_event(connection, choices.start, choices.count);
}

static void answer_streamed(struct connection *connection, long turn, size_t request) {
  static struct bytes delta;
  char text[200];
  append_text(&connection->out,
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  append_delta(connection, "\"role\":\"assistant\",\"content\":\"\"", 31);
  if (turn < turns) {
    for (long call = 0; call < calls; call++) {
      delta.count = 0;
      append(&delta, text, (size_t)snprintf(text, sizeof text, "\"tool_calls\":[{\"index\":%ld,", call));
      append_call(&delta, turn, call);
      append_text(&delta, "]");
      append_delta(connection, delta.start, delta.count);
    }
  } else {
    for (long word = 0; word < words; word++) {
      int count = snprintf(text, sizeof text, "\"content\":\"%c%ld \"", "aeiou"[word % 5], word % 10);
      append_delta(connection, text, (size_t)count);
    }
  }
  int count = snprintf(text, sizeof text, "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]",
                       turn < turns ? "tool_calls" : "stop");
  append_event(connection, text, (size_t)count);
  count = snprintf(text, sizeof text,
                   "\"choices\":[],\"usage\":{\"prompt_tokens\":%zu,\"completion_tokens\":%ld,\"total_tokens\":%zu}",
                   request / 4, words, request / 4 + (size_t)words);
  append_event(connection, text, (size_t)count);
  append_text(&connection->out, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
  if (apart) connection->ends[connection->end_count - 1] = connection->out.count;
}

// MARK: - Connections

static void watch(struct connection *connection, bool writes) {
  if (connection->waits_to_write == writes) return;
  struct epoll_event event = {.events = writes ? EPOLLOUT : EPOLLIN, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_MOD, connection->socket, &event);
  connection->waits_to_write = writes;
}

static void release(struct connection *connection) {
  if (!connection->is_closed) close(connection->socket);
  connection->is_closed = true;
  if (connection->is_thinking) return;  // goes when its time has come
  free(connection->in.start);
  free(connection->out.start);
  free(connection->ends);
  free(connection);
}

// Writes what is ready; false if the connection is gone.
static bool flush(struct connection *connection) {
  while (connection->written < connection->out.count) {
    bool is_apart = connection->ends_done < connection->end_count;
    size_t end = is_apart ? connection->ends[connection->ends_done] : connection->out.count;
    ssize_t count =
        send(connection->socket, connection->out.start + connection->written, end - connection->written, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) {
      watch(connection, true);
      return true;
    }
    if (count < 0) {
      release(connection);
      return false;
    }
    connection->written += (size_t)count;
    if (is_apart && connection->written == end) connection->ends_done++;
  }
  connection->out.count = connection->written = connection->end_count = connection->ends_done = 0;
  watch(connection, false);
  return true;
}

static bool answer(struct connection *connection) {
  char *body = connection->in.start + connection->head, *end = body + connection->length;
  char *near = connection->length < 8192 ? end : body + 8192;
  long turn = turns ? results(body, end) / calls : 0;
  if (connection->length > largest) largest = connection->length;
  served++;
  if (FIND(body, near, "\"stream\":true"))
    answer_streamed(connection, turn, connection->length);
  else
    answer_whole(&connection->out, turn, connection->length);
  connection->in.count = connection->head = 0;
  if (!think) return flush(connection);
  connection->due = now() + think * 1000;
  connection->is_thinking = true;
  connection->next = NULL;
  *last_thinking = connection;
  last_thinking = &connection->next;
  return true;
}

static void read_request(struct connection *connection) {
  while (true) {
    char *room = reserve(&connection->in, 32768);
    size_t space = connection->in.capacity - connection->in.count;
    ssize_t count = recv(connection->socket, room, space, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return release(connection);
    connection->in.count += (size_t)count;
    char *start = connection->in.start, *end = start + connection->in.count;
    if (!connection->head) {
      char *blank = FIND(start, end, "\r\n\r\n");
      if (!blank) continue;
      connection->head = (size_t)(blank + 4 - start);
      char *length = FIND(start, blank, "Content-Length: ");
      if (!length) return release(connection);
      connection->length = strtoul(length + 16, NULL, 10);
      reserve(&connection->in, connection->length);
    }
    if (connection->in.count >= connection->head + connection->length && !answer(connection)) return;
    if ((size_t)count < space) return;
  }
}

static void accept_all(int listener) {
  int socket, one = 1;
  while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *connection = calloc(1, sizeof *connection);
    connection->socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  }
}

static int milliseconds_to_next(void) {
  if (!thinking) return -1;
  int64_t left = thinking->due - now();
  return left > 0 ? (int)((left + 999) / 1000) : 0;
}

static void answer_thought(void) {
  for (int64_t time = now(); thinking && thinking->due <= time;) {
    struct connection *connection = thinking;
    thinking = connection->next;
    if (!thinking) last_thinking = &thinking;
    connection->is_thinking = false;
    if (connection->is_closed)
      release(connection);
    else
      flush(connection);
  }
}

static int listener(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bind(listener, (void *)&address, length) || listen(listener, 4096) ||
      getsockname(listener, (void *)&address, &length)) {
    perror("endpoint");
    exit(1);
  }
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void set(const char *option) {
  struct { const char *name; long *value; } options[] = {
      {"turns=", &turns}, {"calls=", &calls}, {"think=", &think}, {"words=", &words}, {"apart=", &apart}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (!strncmp(option, options[i].name, strlen(options[i].name))) {
      *options[i].value = atol(option + strlen(options[i].name));
      return;
    }
  fprintf(stderr, "endpoint: unknown option %s\n", option);
  exit(2);
}

int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) set(arguments[i]);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int door = listener();
  static int listener_mark, input_mark;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &listener_mark};
  epoll_ctl(epoll, EPOLL_CTL_ADD, door, &event);
  event.data.ptr = &input_mark;
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
  while (true) {
    struct epoll_event events[256];
    int ready = epoll_wait(epoll, events, 256, milliseconds_to_next());
    for (int i = 0; i < ready; i++) {
      char input[64];
      if (events[i].data.ptr == &input_mark) {
        if (read(0, input, sizeof input) > 0) continue;
        printf("%zu %lu\n", largest, served);
        return 0;
      }
      struct connection *connection = events[i].data.ptr;
      if (events[i].data.ptr == &listener_mark)
        accept_all(door);
      else if (connection->waits_to_write)
        flush(connection);
      else
        read_request(connection);
    }
    answer_thought();
  }
}
