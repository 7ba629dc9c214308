#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

#define FOR_ALL(DO) \
  DO(global_init) DO(version) DO(version_info) DO(free) \
  DO(easy_init) DO(easy_cleanup) DO(easy_pause) DO(easy_strerror) DO(easy_setopt) DO(easy_getinfo) \
  DO(slist_append) DO(slist_free_all) \
  DO(share_init) DO(share_cleanup) DO(share_setopt) \
  DO(multi_init) DO(multi_cleanup) DO(multi_add_handle) DO(multi_remove_handle) DO(multi_assign) \
  DO(multi_socket_action) DO(multi_info_read) DO(multi_strerror) DO(multi_setopt) \
  DO(url) DO(url_cleanup) DO(url_set) DO(url_get) DO(url_strerror)

// Its functions, with the types that curl.h declares them with.
static struct {
#define MEMBER(name) __typeof__(curl_##name) *name;
  FOR_ALL(MEMBER)
} curl;

static char problem[512];

static void *find(void *library, const char *name) {
  void *function = dlsym(library, name);
  if (!function && !problem[0]) snprintf(problem, sizeof problem, LIBRARY " is too old: it has no %s", name);
  return function;
}

static void load(int flags) {
  void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL | flags);
  if (!library) {
    const char *reason = dlerror();
    snprintf(problem, sizeof problem, "libcurl cannot be loaded: %s", reason ? reason : LIBRARY);
    return;
  }
#define FIND(name) curl.name = (__typeof__(curl.name))find(library, "curl_" #name);
  FOR_ALL(FIND)
  if (problem[0]) return;
  const curl_version_info_data *version = curl.version_info(CURLVERSION_NOW);
  if (version->version_num < CCURL_OLDEST)
    snprintf(problem, sizeof problem, "libcurl %s is too old: 7.87.0 or later is needed", version->version);
}

static void load_for_any(void) { load(0); }

// Whether nothing stands in for functions of the C library: an allocator, a sanitizer, what sends connections elsewhere.
static int is_alone(void) {
  const char *preloaded = getenv("LD_PRELOAD");
  if ((preloaded && *preloaded) || access("/etc/ld.so.preload", F_OK) == 0) return 0;
  void *library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return library && dlsym(library, "malloc") == dlsym(RTLD_DEFAULT, "malloc");
}

static void load_for_program(void) {
#ifdef RTLD_DEEPBIND
  load(is_alone() ? RTLD_DEEPBIND : 0);
#else
  load(0);
#endif
}

static const char *load_once(void (*load)(void)) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return problem[0] ? problem : NULL;
}

const char *ccurl_load(void) { return load_once(load_for_any); }
const char *ccurl_load_for_program(void) { return load_once(load_for_program); }

CURLcode ccurl_global_init(long features) { return curl.global_init(features); }
const char *ccurl_version(void) { return curl.version(); }

// MARK: - Handles

CURL *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(CURL *handle) { curl.easy_cleanup(handle); }
CURLcode ccurl_easy_pause(CURL *handle, int directions) { return curl.easy_pause(handle, directions); }
const char *ccurl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl.easy_setopt(handle, option, value);
}

CURLcode ccurl_set_headers(CURL *handle, struct curl_slist *list) {
  return curl.easy_setopt(handle, CURLOPT_HTTPHEADER, list);
}

CURLcode ccurl_set_url(CURL *handle, CURLU *url) { return curl.easy_setopt(handle, CURLOPT_CURLU, url); }

CURLcode ccurl_set_write_function(CURL *handle, curl_write_callback function) {
  return curl.easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
}

CURLcode ccurl_set_header_function(CURL *handle, curl_write_callback function) {
  return curl.easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
}

CURLcode ccurl_set_read_function(CURL *handle, curl_read_callback function) {
  return curl.easy_setopt(handle, CURLOPT_READFUNCTION, function);
}

CURLcode ccurl_set_seek_function(CURL *handle, curl_seek_callback function) {
  return curl.easy_setopt(handle, CURLOPT_SEEKFUNCTION, function);
}

CURLcode ccurl_set_prereq_function(CURL *handle, curl_prereq_callback function) {
  return curl.easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}

CURLcode ccurl_set_open_socket_function(CURL *handle, curl_opensocket_callback function) {
  return curl.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}

CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) { return curl.easy_getinfo(handle, info, value); }
CURLcode ccurl_get_pointer(CURL *handle, CURLINFO info, void **value) { return curl.easy_getinfo(handle, info, value); }

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) {
  return curl.slist_append(list, text);
}

void ccurl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

// MARK: - Many handles at once

CURLSH *ccurl_share_init(curl_lock_data what) {
  CURLSH *share = curl.share_init();
  if (share && curl.share_setopt(share, CURLSHOPT_SHARE, what) == CURLSHE_OK) return share;
  if (share) curl.share_cleanup(share);
  return NULL;
}

void ccurl_share_cleanup(CURLSH *share) { curl.share_cleanup(share); }

CURLM *ccurl_multi_init(void) { return curl.multi_init(); }
CURLMcode ccurl_multi_cleanup(CURLM *multi) { return curl.multi_cleanup(multi); }
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *handle) { return curl.multi_add_handle(multi, handle); }
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *handle) { return curl.multi_remove_handle(multi, handle); }
const char *ccurl_multi_strerror(CURLMcode code) { return curl.multi_strerror(code); }
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *left) { return curl.multi_info_read(multi, left); }

CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *context) {
  return curl.multi_assign(multi, socket, context);
}

CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int possible, int *running) {
  return curl.multi_socket_action(multi, socket, possible, running);
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl.multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_set_socket_function(CURLM *multi, curl_socket_callback function, void *context) {
  CURLMcode code = curl.multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  return code != CURLM_OK ? code : curl.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}

CURLMcode ccurl_multi_set_timer_function(CURLM *multi, curl_multi_timer_callback function, void *context) {
  CURLMcode code = curl.multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code != CURLM_OK ? code : curl.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}

// MARK: - URLs

CURLU *ccurl_url(void) { return curl.url(); }
void ccurl_url_cleanup(CURLU *url) { curl.url_cleanup(url); }
const char *ccurl_url_strerror(CURLUcode code) { return curl.url_strerror(code); }
void ccurl_free(void *text) { curl.free(text); }

CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
  return curl.url_set(url, part, text, flags);
}

CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
  return curl.url_get(url, part, text, flags);
}

// MARK: - Threads

void ccurl_name_thread(const char *name) {
#ifdef __linux__
  prctl(PR_SET_NAME, name);
#else
  pthread_setname_np(name);
#endif
}
