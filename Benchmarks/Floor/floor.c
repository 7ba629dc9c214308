// The same exchanges as an agent's with nothing in them but the bytes: libcurl, no JSON. Nobody can undercut it.
//
//   floor turns URL [COUNT]                      COUNT conversations one after the other, on one connection
//   floor stream URL [COUNT]                     the same, with streamed replies whose events are counted
//   floor together URL COUNT [AT A TIME]         COUNT conversations, so many at once, on the multi interface
//
// A conversation goes on until its reply calls no tool. Prints the requests (or events), the wall and processor time in
// microseconds, and the peak of memory in KiB. One conversation that does not count goes before those of the first two.
#define _GNU_SOURCE
#include "bytes.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <time.h>

struct conversation {
  CURL *easy;
  struct bytes request, reply;
  size_t end;  // of the messages in the request, which `]}` follows
};

static struct curl_slist *headers;
static char url[256];
static unsigned long requests, events;
static bool streams, has_failed;

static double clock_in_microseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

// In KiB. Not that of getrusage, which begins with the peak of the program that started this one.
static long peak_memory(void) {
  char line[200];
  long peak = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmHWM: %ld", &peak);
  return peak;
}

// MARK: - What a client would send

static void begin(struct conversation *conversation) {
  conversation->request.count = 0;
  append_text(&conversation->request, "{\"model\":\"bench\",");
  if (streams) append_text(&conversation->request, "\"stream\":true,\"stream_options\":{\"include_usage\":true},");
  append_text(&conversation->request,
              "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Adds two integers\","
              "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":"
              "\"integer\"}},\"required\":[\"a\",\"b\"]}}}],\"messages\":[{\"role\":\"system\",\"content\":"
              "\"Add numbers.\"},{\"role\":\"user\",\"content\":\"Begin.\"}");
  conversation->end = conversation->request.count;
}

static void append_results(struct bytes *request, const char *calls, const char *end) {
  char text[200];
  while ((calls = FIND(calls, end, "\"id\":\""))) {
    calls += 6;
    const char *id_end = memchr(calls, '"', (size_t)(end - calls)), *a = FIND(id_end, end, "a\\\":");
    long number = atol(a + 4);
    int count = snprintf(text, sizeof text, ",{\"role\":\"tool\",\"content\":\"%ld\",\"tool_call_id\":\"%.*s\"}",
                         2 * number + 1, (int)(id_end - calls), calls);
    append(request, text, (size_t)count);
  }
}

// Appends the reply and the results of its calls; false if it called nothing.
static bool go_on(struct conversation *conversation) {
  struct bytes *reply = &conversation->reply, *request = &conversation->request;
  char *end = reply->start + reply->count;
  char *message = FIND(reply->start, end, "\"message\":"), *tail = message ? FIND(message, end, ",\"logprobs\"") : NULL;
  char *calls = tail ? FIND(message, tail, "\"tool_calls\":[") : NULL;
  if (!tail) has_failed = true;
  if (!calls) return false;
  request->count = conversation->end;
  append_text(request, ",");
  append(request, message + 10, (size_t)(tail - message - 10));
  append_results(request, calls, tail);
  conversation->end = request->count;
  return true;
}

// MARK: - Exchanges

static size_t take_reply(char *data, size_t size, size_t count, void *context) {
  append(&((struct conversation *)context)->reply, data, size * count);
  return size * count;
}

static size_t take_events(char *data, size_t size, size_t count, void *context) {
  (void)context;
  for (char *end = data + size * count, *event = data; (event = FIND(event, end, "data: ")); event += 6) events++;
  return size * count;
}

static void prepare(struct conversation *conversation) {
  CURL *easy = conversation->easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, streams ? take_events : take_reply);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, conversation);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, conversation);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
}

static void aim(struct conversation *conversation) {
  conversation->request.count = conversation->end;
  append_text(&conversation->request, "]}");
  conversation->reply.count = 0;
  curl_easy_setopt(conversation->easy, CURLOPT_POSTFIELDS, conversation->request.start);
  curl_easy_setopt(conversation->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)conversation->request.count);
  requests++;
}

static void converse(struct conversation *conversation) {
  begin(conversation);
  do {
    aim(conversation);
    if (curl_easy_perform(conversation->easy)) has_failed = true;
  } while (!has_failed && !streams && go_on(conversation));
}

// MARK: - Many at once

static CURLM *multi;
static int epoll;
static long timeout = -1;

static int watch(CURL *easy, curl_socket_t socket, int what, void *context, void *is_known) {
  (void)easy, (void)context;
  struct epoll_event event = {.data.fd = socket};
  if (what & CURL_POLL_IN && what != CURL_POLL_REMOVE) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT && what != CURL_POLL_REMOVE) event.events |= EPOLLOUT;
  int change = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  epoll_ctl(epoll, change, socket, &event);
  curl_multi_assign(multi, socket, what == CURL_POLL_REMOVE ? NULL : &multi);
  return 0;
}

static int set_timeout(CURLM *of, long milliseconds, void *context) {
  (void)of, (void)context;
  timeout = milliseconds;
  return 0;
}

static void wait_for_sockets(void) {
  struct epoll_event ready[256];
  int running, count = epoll_wait(epoll, ready, 256, (int)timeout);
  if (count == 0 || timeout == 0) {
    timeout = -1;
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  for (int i = 0; i < count; i++) {
    int what = (ready[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
               (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) | (ready[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi, ready[i].data.fd, what, &running);
  }
}

static void converse_together(long count, long at_a_time) {
  struct conversation *places = calloc((size_t)at_a_time, sizeof *places);
  long started = 0, ended = 0;
  multi = curl_multi_init();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, at_a_time + 16);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timeout);
  for (; started < at_a_time && started < count; started++) {
    prepare(&places[started]);
    begin(&places[started]);
    aim(&places[started]);
    curl_multi_add_handle(multi, places[started].easy);
  }
  while (ended < count && !has_failed) {
    struct conversation *conversation;
    CURLMsg *message;
    int left;
    wait_for_sockets();
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->data.result) has_failed = true;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &conversation);
      curl_multi_remove_handle(multi, conversation->easy);
      if (!go_on(conversation)) {
        ended++;
        if (started++ >= count) continue;
        begin(conversation);
      }
      aim(conversation);
      curl_multi_add_handle(multi, conversation->easy);
    }
  }
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: floor turns|stream|together URL [COUNT] [AT A TIME]\n");
    return 2;
  }
  long conversations = count > 3 ? atol(arguments[3]) : 1, at_a_time = count > 4 ? atol(arguments[4]) : conversations;
  snprintf(url, sizeof url, "%s/chat/completions", arguments[2]);
  streams = !strcmp(arguments[1], "stream");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  headers = curl_slist_append(curl_slist_append(NULL, "Content-Type: application/json"), "Expect:");
  struct conversation conversation = {0};
  bool are_together = !strcmp(arguments[1], "together");
  if (!are_together) {
    prepare(&conversation);
    converse(&conversation);
    requests = events = 0;
  }
  double wall = clock_in_microseconds(CLOCK_MONOTONIC), processor = clock_in_microseconds(CLOCK_PROCESS_CPUTIME_ID);
  if (are_together)
    converse_together(conversations, at_a_time);
  else
    for (long i = 0; i < conversations; i++) converse(&conversation);
  wall = clock_in_microseconds(CLOCK_MONOTONIC) - wall;
  processor = clock_in_microseconds(CLOCK_PROCESS_CPUTIME_ID) - processor;
  printf("%lu %.0f %.0f %ld\n", streams ? events : requests, wall, processor, peak_memory());
  return has_failed;
}
