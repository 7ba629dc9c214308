// Waiting for many sockets at once, which Swift's Glibc does not show.
#ifndef MARTLET_CCURL_SOCKETS_H
#define MARTLET_CCURL_SOCKETS_H

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/// A socket that libcurl waits for, and what became possible on it, as curl_multi_socket_action takes it.
struct ccurl_ready {
  uint64_t token;
  int possible;
};

/// Names the calling thread for debuggers and `top`.
void ccurl_name_thread(const char *name);

static inline int ccurl_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int ccurl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Has every write to an eventfd end a wait, so that it need not be read.
static inline int ccurl_watch_writes(int epoll, int eventfd, uint64_t token) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = token}};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, eventfd, &event);
}

/// Waits for what libcurl's socket callback asks for, in addition to or instead of what it asked for before; -1 if the
/// system refuses that.
static inline int ccurl_watch(int epoll, curl_socket_t socket, int wanted, int is_known, uint64_t token) {
  struct epoll_event event = {.data = {.u64 = token}};
  if (wanted == CURL_POLL_REMOVE) return epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event);
  if (wanted & CURL_POLL_IN) event.events |= EPOLLIN;
  if (wanted & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(epoll, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) == 0) return 0;
  // Another socket may have taken the number of one that was closed.
  if (errno == ENOENT) return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  if (errno == EEXIST) return epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event);
  return -1;
}

/// The sockets on which something became possible within so many milliseconds; at most 64.
static inline int ccurl_wait(int epoll, struct ccurl_ready *ready, int capacity, int milliseconds) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, milliseconds);
  for (int i = 0; i < count; i++) {
    ready[i].token = events[i].data.u64;
    ready[i].possible = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
                        (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                        (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
  }
  return count;
}

/// What of the wanted is possible on a socket now, as curl_multi_socket_action takes it; 0 if nothing is.
static inline int ccurl_possible(curl_socket_t socket, int wanted) {
  struct pollfd entry = {.fd = socket};
  if (wanted & CURL_POLL_IN) entry.events |= POLLIN;
  if (wanted & CURL_POLL_OUT) entry.events |= POLLOUT;
  if (poll(&entry, 1, 0) <= 0) return 0;
  return (entry.revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) | (entry.revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
         (entry.revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

#endif
